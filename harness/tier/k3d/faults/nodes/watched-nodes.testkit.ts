import { until } from "../../../compose/faults/faults.testkit.ts";
import { CONNECT_PROBE, readConnectProbe } from "../../../compose/faults/connect-probe.ts";
import { inNetworkOf, type Toolbox, toolboxFor } from "../../../compose/faults/toolbox.ts";
import type { KubeNode, Lease, Pod } from "../../api/objects.ts";
import type { NodeRef } from "../../cluster/cluster.ts";
import type { TestCluster } from "../../test-cluster.testkit.ts";
import { answered, execInNode, inPodNetwork, podProcess } from "../in-node.ts";

/** A web server on every node, the server among them. */
export const WEB_EVERYWHERE = `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: web
          image: node:24
          command: [node, -e, 'require("node:http").createServer((_, to) => to.end("hello")).listen(8080)']
          readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 1 }
`;

/** Looks at nodes from Kubernetes' side and from inside. */
export function watchNodes(cluster: TestCluster) {
  const { docker, clusters, nodes } = cluster;
  const at = (place: string): NodeRef => nodes.find((node) => node.place === place)!;
  const api = () => clusters[0]!.api;
  const lastBeat = async (place: string): Promise<number> => {
    const path = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${at(place).name}`;
    return Date.parse((await api().get<Lease>(path)).spec.renewTime ?? "");
  };
  const toolbox = (place: string): Promise<Toolbox> => toolboxFor(cluster.context, at(place).name);
  const podOn = async (place: string): Promise<Pod> => {
    const pods = await api().list<Pod>("/api/v1/namespaces/test/pods?labelSelector=app%3Dweb");
    return pods.find(({ spec }) => spec.nodeName === at(place).name)!;
  };
  return {
    at,
    lastBeat,
    toolbox,
    podOn,
    /** `True`, `False`, or `Unknown` when the control plane has lost it. */
    async ready(place: string): Promise<string> {
      const { status } = await api().get<KubeNode>(`/api/v1/nodes/${at(place).name}`);
      return status.conditions?.find(({ type }) => type === "Ready")?.status ?? "none";
    },
    /** Waits for a heartbeat that is newer than now. */
    async beatsAgain(place: string): Promise<void> {
      const now = Date.now();
      await until(async () => {
        const beat = await lastBeat(place).catch(() => 0);
        return beat > now ? true : new Error(`the last heartbeat of ${place} is ${now - beat} ms old`);
      });
    },
    /** What becomes of a connection from a pod to an address: `connected`, `timeout`, … */
    async fromPod(pod: Pod, address: string): Promise<string> {
      const place = nodes.find(({ name }) => name === pod.spec.nodeName)!.place;
      const container = pod.status.containerStatuses?.[0]?.containerID ?? "";
      const pid = await podProcess(docker, at(place).name, container);
      const argv = ["node", "-e", CONNECT_PROBE, address];
      const { output } = await inPodNetwork(await toolbox(place), at(place).name, pid ?? 0, argv);
      return readConnectProbe(output)[0]?.outcome ?? output;
    },
    /** The same from the node's own network. */
    async fromNode(place: string, address: string): Promise<string> {
      const argv = ["node", "-e", CONNECT_PROBE, address];
      const { output } = await inNetworkOf(await toolbox(place), at(place).name, argv);
      return readConnectProbe(output)[0]?.outcome ?? output;
    },
    /** Everything that a fault may change in a node, as read from the engine and from inside. */
    async stateOf(place: string): Promise<string> {
      const { State } = await docker.getContainer(at(place).name).inspect();
      if (State.Status !== "running") return State.Status;
      const look = [
        "for table in filter nat mangle; do iptables -w -t $table -S | grep FD-; done",
        "tc qdisc show dev eth0",
        `echo "daemons that hang: $(ps -eo stat,comm | grep -cE '^T.* (kubelet|containerd)$')"`,
        `echo "loops: $(ps -eo args | grep -c '[f]iredrill-')"`,
      ].join("; ");
      const answer = await execInNode(docker, at(place).name, ["sh", "-c", `${look}; true`]);
      return answered("looking at a node", answer);
    },
  };
}
