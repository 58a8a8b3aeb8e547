import { expect, test } from "vitest";
import { lacksSysResource } from "../capabilities.ts";
import type { CheckResult } from "../check.ts";
import { judgeClusterImages } from "./cluster-images.ts";
import { judgeRooms } from "./disk.ts";
import { judgeKernel } from "./kernel.ts";
import { judgeKubernetesTools } from "./kubernetes-tools.ts";
import { judgeLeftovers } from "./leftovers.ts";
import { judgeNode } from "./node.ts";

const GIB = 2 ** 30;
const facts = { cgroupVersion: "2", sysResourceMissing: false, netem: true, iptables: true } as const;
const tool = { path: "/usr/bin/tool", version: "1.2.3" };
const tools = { k3d: tool, kubectl: tool, helm: tool };
const now = "2026-11-21T12:00:00Z";
const container = (runId: string, expires: string | null = null) => ({ runId, what: "container c", expires });

test.each<[string, CheckResult, CheckResult["state"]]>([
  ["the project's own Node", judgeNode("v24.21.0", "node"), "ok"],
  ["a Node that can run TypeScript", judgeNode("v22.18.0", "node"), "partial"],
  ["a Node that needs a flag for it", judgeNode("v22.17.1", "node"), "missing"],
  ["a Node that can't", judgeNode("v20.20.2", "node"), "missing"],
  ["plenty of room", judgeRooms([{ path: "/", freeBytes: 50 * GIB }]), "ok"],
  [
    "the fullest disk counts",
    judgeRooms([
      { path: "/", freeBytes: 50 * GIB },
      { path: "/var", freeBytes: 2 * GIB },
    ]),
    "partial",
  ],
  ["no room", judgeRooms([{ path: "/", freeBytes: 1000 }]), "missing"],
  ["a full kernel", judgeKernel(facts), "ok"],
  ["no netem", judgeKernel({ ...facts, netem: false }), "partial"],
  ["no iptables", judgeKernel({ ...facts, iptables: false }), "missing"],
  ["nothing tried", judgeKernel({ ...facts, netem: null, iptables: null }), "partial"],
  ["all Kubernetes tools", judgeKubernetesTools(tools), "ok"],
  ["no helm", judgeKubernetesTools({ ...tools, helm: { missing: ["helm: not there"] } }), "missing"],
  [
    "a stand-in for a node",
    judgeClusterImages([{ image: "rancher/k3s", use: "firedrill.local/node" }]),
    "ok",
  ],
  ["no image for a node", judgeClusterImages([{ image: "rancher/k3s", use: null }]), "partial"],
  ["no leftovers", judgeLeftovers([], [], new Set(), now), "ok"],
  ["a run at work", judgeLeftovers([container("a")], [], new Set(["a"]), now), "ok"],
  ["a kept stack", judgeLeftovers([container("a", "2026-11-21T13:00:00Z")], [], new Set(), now), "ok"],
  [
    "an expired stack",
    judgeLeftovers([container("a", "2026-11-21T11:00:00Z")], [], new Set(), now),
    "partial",
  ],
  ["a container without a run", judgeLeftovers([container("a")], [], new Set(), now), "partial"],
  ["an interrupted run", judgeLeftovers([], ["a"], new Set(), now), "partial"],
])("%s", (_, result, state) => {
  expect(result.state).toBe(state);
  // Whatever is not as it should be carries what to do.
  expect(result.fix !== undefined).toBe(state !== "ok");
});

test("CAP_SYS_RESOURCE is bit 24 of the bounding set", () => {
  expect(lacksSysResource("CapBnd:\t000001fffeffffff\n")).toBe(true);
  expect(lacksSysResource("CapBnd:\t000001ffffffffff\n")).toBe(false);
  expect(lacksSysResource("")).toBe(false);
});
