import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ResolvedFault } from "../../../../fault/injector.ts";
import type { FaultKind } from "../../../../fault/kinds.ts";
import { until } from "../../../compose/faults/faults.testkit.ts";
import { runHelper, toolboxFor } from "../../../compose/faults/toolbox.ts";
import { BOUNDARIES, killedAndCleanedUp } from "../killed-run.testkit.ts";
import { openShop, type Shop } from "./shop.testkit.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop("f2");
  await shop.inside("db", "echo gold > /data/file");
});
afterAll(() => shop?.[Symbol.asyncDispose]());

const KINDS: readonly (readonly [FaultKind, string, Partial<ResolvedFault>])[] = [
  ["kill", "db", {}],
  ["stop", "db", {}],
  ["db-outage", "db", {}],
  ["data-loss", "db", {}],
  ["pause", "api", {}],
  ["pod-kill", "api", { params: { all: true } }],
  ["crash", "api", {}],
  ["crash-loop", "client", {}],
  ["memory-pressure", "api", {}],
  ["cpu-stress", "db", {}],
  ["disk-full", "api", {}],
  ["partition", "client", { peers: ["db"] }],
  ["bandwidth", "client", {}],
  ["dns-failure", "client", {}],
];

/** In one node: whatever belongs to no pod's ordinary life. Every chain, queue, group and file of ours bears our name. */
const LOOK = `
for process in $(grep -ls kubepods /proc/[0-9]*/cgroup | cut -d/ -f3); do
  nsenter -t "$process" -n iptables -w -S 2>/dev/null | grep FD-
  nsenter -t "$process" -n tc qdisc show 2>/dev/null | grep tbf
done
tc qdisc show | grep tbf
find /host-cgroup -type d -name 'firedrill-*'
find /proc/1/root/run/containerd /proc/1/root/var/lib/kubelet/pods /proc/1/root/var/lib/rancher/k3s/storage -name '*firedrill-*'
nsenter -t 1 -m ctr --namespace k8s.io tasks ls | grep PAUSED
true`;

/** Everything of ours that is left in the nodes, by the kernel's word, and how the workloads stand, by the API's. */
async function stateOfShop(): Promise<string> {
  const left = await Promise.all(
    shop.nodes.map(async ({ name }) => {
      const host = {
        NetworkMode: `container:${name}`,
        PidMode: `container:${name}`,
        Privileged: true,
        Binds: ["/sys/fs/cgroup:/host-cgroup:ro"],
      };
      const toolbox = await toolboxFor(shop.context, name);
      return (await runHelper(toolbox, ["sh", "-c", LOOK], host)).output;
    }),
  );
  const columns =
    "NAME:.metadata.name,WANTED:.spec.replicas,READY:.status.readyReplicas,LABELS:.metadata.labels";
  const format = `custom-columns=${columns}`;
  const workloads = await shop.kubectl("get", "deployments,statefulsets", "-n", "test", "-o", format);
  return [...left, workloads].join("\n").trim();
}

describe("after SIGKILL, the clean-up restores everything from disk alone", () => {
  test.each(
    KINDS.flatMap(([kind, target, fault]) => BOUNDARIES.map((at) => [kind, at, target, fault] as const)),
  )("%s, killed right after %s", async (kind, boundary, target, fault) => {
    for (const name of ["api", "db", "client"]) await shop.settled(name);
    const before = await stateOfShop();
    expect(before).not.toContain("firedrill");
    const result = await killedAndCleanedUp(shop, kind, target, boundary, fault);
    expect(result).toMatchObject({ undone: 1, failures: [], left: [] });
    expect(result.audits.filter(({ clean }) => !clean)).toEqual([]);
    for (const name of ["api", "db", "client"]) await shop.settled(name);
    await until(async () => {
      const now = await stateOfShop();
      return now === before ? now : new Error(now);
    });
    expect(await shop.inside("db", "cat /data/file")).toBe("gold");
  });
});
