import type Docker from "dockerode";
import { LABEL_PART } from "../../stack/labels.ts";
import { demultiplex, inspectOrNull } from "./containers.ts";

export interface OutsideTally {
  readonly attempts: number;
  readonly detail: string;
}

/** What is looked at. */
export interface OutsideScope {
  readonly docker: Docker;
  /** Has `sh`, `grep` and both kinds of `iptables-save`. */
  readonly toolboxImage: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Service → container id. */
  readonly containers: readonly { readonly service: string; readonly id: string }[];
  /** Ids of the stack's internal networks. */
  readonly networkIds: readonly string[];
}

/**
 * Attempts to reach an address outside, which no name look-up has announced. Two kernels' ways to say no are read, by one
 * helper container in the host's namespaces that only looks:
 * - Engines that give containers of an internal network no default route (26 and newer): `OutNoRoutes` in each
 *   container's `/proc/net/snmp`, zero when its network namespace began, so the count is since its last start.
 * - Engines that give them one (20.10): the packets which the engine's rule `-i br-… ! -d <subnet> -j DROP` has dropped.
 *   These are packets: one attempt that is repeated by TCP counts more than once.
 */
export async function addressAttempts(scope: OutsideScope): Promise<OutsideTally> {
  const inspected = await Promise.all(scope.containers.map(({ id }) => inspectOrNull(scope.docker, id)));
  const pids = new Map<number, string>();
  inspected.forEach((info, index) => {
    if (info && info.State.Pid > 0) pids.set(info.State.Pid, scope.containers[index]?.service ?? "");
  });
  const report = await look(scope, [...pids.keys()]);
  const noRoute = readNoRoutes(report, pids);
  const dropped = readDropped(
    report,
    scope.networkIds.map((id) => `br-${id.slice(0, 12)}`),
  );
  return {
    attempts: dropped + [...noRoute.values()].reduce((sum, count) => sum + count, 0),
    detail: [
      `${dropped} packets to outside addresses dropped`,
      ...[...noRoute].map(([service, count]) => `${service}: ${count} without a route`),
    ].join(", "),
  };
}

async function look(scope: OutsideScope, pids: readonly number[]): Promise<string> {
  const script = [
    `for p in ${pids.join(" ")}; do echo "pid $p"; grep '^Ip:' "/proc/$p/net/snmp"; done`,
    "for s in iptables-legacy-save iptables-nft-save; do command -v $s >/dev/null && $s -c -t filter; done",
    "true",
  ].join("\n");
  const container = await scope.docker.createContainer({
    Image: scope.toolboxImage,
    Entrypoint: [],
    Cmd: ["sh", "-c", script],
    Labels: { ...scope.labels, [LABEL_PART]: "look-outside" },
    HostConfig: { NetworkMode: "host", PidMode: "host", CapAdd: ["NET_ADMIN"] },
  });
  try {
    await container.start();
    await container.wait();
    return demultiplex(await container.logs({ stdout: true, stderr: false }));
  } finally {
    await container.remove({ force: true });
  }
}

/** Service → packets it could not send for want of a route; only those with any. */
export function readNoRoutes(report: string, pids: ReadonlyMap<number, string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [, pid, names, values] of report.matchAll(/^pid (\d+)\nIp: ([^\n]*)\nIp: ([^\n]*)$/gm)) {
    const column = names?.split(" ").indexOf("OutNoRoutes") ?? -1;
    const count = Number(values?.split(" ")[column] ?? 0);
    if (count > 0) counts.set(pids.get(Number(pid)) ?? "", count);
  }
  return counts;
}

/** Packets that the engine has dropped on their way out of these bridges, from `iptables-save -c`. */
export function readDropped(report: string, bridges: readonly string[]): number {
  let packets = 0;
  for (const line of report.split("\n")) {
    const [, count, rule = ""] = /^\[(\d+):\d+\] (-A .*)$/.exec(line) ?? [];
    const leaves = bridges.some((bridge) => rule.includes(` -i ${bridge} `));
    if (count !== undefined && leaves && rule.includes(" ! -d ") && rule.includes("-j DROP"))
      packets += Number(count);
  }
  return packets;
}
