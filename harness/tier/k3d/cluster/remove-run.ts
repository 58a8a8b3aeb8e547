import type Docker from "dockerode";
import type { Clock } from "../../../time/clock.ts";
import { removeRun } from "../../compose/down.ts";
import { clusterPrefix } from "./names.ts";

/**
 * Removes everything of a run (or of one trial), by label alone: no file of the run is needed. What an operator has added to
 * its clusters with k3d, such as a node in the place of a lost one, carries only k3d's labels and goes with them.
 * @throws RUN_STACK with what is left
 */
export async function removeClusters(
  docker: Docker,
  clock: Clock,
  runId: string,
  trial?: number,
): Promise<string[]> {
  const added = await removeAdded(
    docker,
    `${clusterPrefix(runId)}-t${trial === undefined ? "" : `${trial}-`}`,
  );
  return [...added, ...(await removeRun(docker, clock, runId, trial))];
}

async function removeAdded(docker: Docker, prefix: string): Promise<string[]> {
  const list = await docker.listContainers({ all: true, filters: { label: ["app=k3d"] } });
  const ours = list.filter(({ Labels }) => (Labels["k3d.cluster"] ?? "").startsWith(prefix));
  await Promise.all(
    ours.map(async ({ Id, State }) => {
      const container = docker.getContainer(Id);
      // A frozen process does not die before it is thawed (cgroup v1).
      if (State === "paused") await container.unpause().catch(() => undefined);
      // The removal by label, which comes next, finds what could not be removed here and says so.
      await container.remove({ force: true, v: true }).catch(() => undefined);
    }),
  );
  return ours.map(({ Names, Id }) => `container ${Names[0]?.slice(1) ?? Id}`);
}
