import type Docker from "dockerode";
import { statusOf } from "../../../compose/containers.ts";
import type { Pod } from "../../api/objects.ts";
import { execInNode } from "../in-node.ts";

/**
 * Sends SIGKILL to every process of pods that are being deleted; the kubelet starts none of them again. A container that has
 * ended, and a node that does not run, have none.
 */
export async function killPods(docker: Docker, pods: readonly Pod[]): Promise<void> {
  await Promise.all(pods.map((pod) => killPod(docker, pod)));
}

async function killPod(docker: Docker, { spec, status }: Pod): Promise<void> {
  const running = (status.containerStatuses ?? []).filter(({ state }) => state.running !== undefined);
  for (const { containerID = "" } of running) {
    const id = containerID.replace(/^containerd:\/\//, "");
    const kill = ["ctr", "--namespace", "k8s.io", "tasks", "kill", "--all", "--signal", "SIGKILL", id];
    try {
      await execInNode(docker, spec.nodeName ?? "", kill);
    } catch (error) {
      if (![404, 409].includes(statusOf(error) ?? 0)) throw error;
    }
  }
}
