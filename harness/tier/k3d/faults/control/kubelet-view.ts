import type Docker from "dockerode";
import { FiredrillError } from "../../../../error.ts";
import { quantityBytes } from "../../../../stack/kubernetes/quantity.ts";
import type { KubeApi } from "../../api/kube-api.ts";
import { answered, execInNode } from "../in-node.ts";
import { nodePath, readNode } from "./gpus.ts";

/** What a kubelet compares with its thresholds. */
export type Signal = "memory.available" | "nodefs.available";

/** Bytes that pods and the node's own programs can still have, and all there are, as the kubelet counts them. */
export interface Room {
  readonly availableBytes: number;
  readonly capacityBytes: number;
}

/** Below how many free bytes the kubelet evicts. @throws USAGE_FAULT when it does not evict for this signal */
export async function evictsBelowBytes(
  api: KubeApi,
  node: { readonly name: string; readonly place: string },
  signal: Signal,
  capacityBytes: number,
): Promise<number> {
  const { kubeletconfig } = await api.get<{
    readonly kubeletconfig: { readonly evictionHard?: Readonly<Record<string, string>> };
  }>(`${nodePath(node.name)}/proxy/configz`);
  const threshold = kubeletconfig.evictionHard?.[signal] ?? "";
  const percent = /^([\d.]+)%$/.exec(threshold)?.[1];
  const bytes =
    percent === undefined ? quantityBytes(threshold) : Math.ceil((capacityBytes * Number(percent)) / 100);
  if (bytes !== null && bytes > 0) return bytes;
  throw new FiredrillError("USAGE_FAULT", `the kubelet of "${node.place}" never evicts for ${signal}`, {
    received: `eviction-hard: ${signal}<${threshold || "(nothing)"}`,
    expected: "a threshold that can be reached",
  });
}

/** Version 1 and 2 of control groups; the first that is there. What a node sees is its own group. */
const MEMORY_IN_USE = `
cd /sys/fs/cgroup
if [ -e memory/memory.usage_in_bytes ]; then
  cat memory/memory.usage_in_bytes
  sed -n 's/^total_inactive_file //p' memory/memory.stat
else
  cat memory.current
  sed -n 's/^inactive_file //p' memory.stat
fi`;

/**
 * A node's memory as its kubelet counts it (capacity less the working set, which is usage less inactive files), but read
 * from the kernel: the kubelet's own Summary API may be 10 s and more behind.
 */
export async function memoryRoom(docker: Docker, api: KubeApi, node: string): Promise<Room> {
  const { status } = await readNode(api, node);
  const capacityBytes = quantityBytes(status.capacity?.["memory"] ?? "") ?? 0;
  const read = await execInNode(docker, node, ["sh", "-c", MEMORY_IN_USE]);
  const [usage, inactive] = answered("reading the node's memory", read).split("\n").map(Number);
  return { capacityBytes, availableBytes: capacityBytes - ((usage ?? 0) - (inactive ?? 0)) };
}
