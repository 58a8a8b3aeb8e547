import { expect, it } from "vitest";
import { FAULT_KINDS } from "../../fault/kinds.ts";
import { composeCapabilities, kernelHasNetem } from "./capabilities.ts";

it("is exact for every kind where the kernel can shape packets", () => {
  const grades = Object.entries(composeCapabilities(true)).map(([kind, { grade }]) => [kind, grade]);
  expect(grades).toEqual(FAULT_KINDS.map((kind) => [kind, "exact"]));
});

it("says why latency and bandwidth are approximate elsewhere", () => {
  const approximate = Object.entries(composeCapabilities(false)).filter(([, { grade }]) => grade !== "exact");
  expect(approximate.map(([kind]) => kind)).toEqual(["latency", "bandwidth"]);
  expect(approximate[0]?.[1]).toMatchObject({
    grade: "approximate",
    reason: expect.stringContaining("netem"),
  });
});

/** A machine with one file. */
const only = (file: string, content: string) => (path: string) => (path === file ? content : "");

it("finds netem among the kernel's modules", () => {
  expect(
    kernelHasNetem("6.1", only("/lib/modules/6.1/modules.dep", "kernel/net/sched/sch_netem.ko.xz:")),
  ).toBe(true);
  expect(
    kernelHasNetem("6.1", only("/lib/modules/6.1/modules.builtin", "kernel/net/sched/sch_netem.ko")),
  ).toBe(true);
  expect(kernelHasNetem("6.1", only("/lib/modules/6.0/modules.dep", "kernel/net/sched/sch_netem.ko:"))).toBe(
    false,
  );
  expect(kernelHasNetem("6.1", () => "kernel/net/sched/sch_netemx.ko")).toBe(false);
});
