import type Docker from "dockerode";
import type { ClusterSpec } from "../../../stack/spec.ts";

/**
 * A disk of limited size for each agent's kubelet: a volume in memory (`tmpfs`), since an engine limits directories only on
 * some file systems. As on a cloud machine's own disk, what lies there is lost when the machine restarts.
 * Returns the volumes' names in the order of the agents; none without a limit.
 */
export async function agentDisks(
  docker: Docker,
  cluster: ClusterSpec,
  id: string,
  labels: Readonly<Record<string, string>>,
): Promise<string[]> {
  const size = cluster.agentDiskBytes;
  if (size === null) return [];
  return Promise.all(
    cluster.agents.map(async (_, index) => {
      const name = `k3d-${id}-agent-${index}-disk`;
      const DriverOpts = { type: "tmpfs", device: "tmpfs", o: `size=${size}` };
      await docker.createVolume({ Name: name, Driver: "local", DriverOpts, Labels: { ...labels } });
      return name;
    }),
  );
}
