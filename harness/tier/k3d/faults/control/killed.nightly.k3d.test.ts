import { afterAll, beforeAll, expect, test } from "vitest";
import { BOUNDARIES, killedAndCleanedUp } from "../killed-run.testkit.ts";
import { type ControlBench, controlBench } from "./control.testkit.ts";

let bench: ControlBench;
beforeAll(async () => {
  bench = await controlBench();
});
afterAll(() => bench?.[Symbol.asyncDispose]());

const KINDS = [
  ["cordon", "agent-0"],
  ["drain", "agent-0"],
  ["taint", "agent-0"],
  ["cluster-dns-outage", "main"],
  ["image-missing", "web"],
  ["image-missing", "database"],
  ["config-corrupt", "web"],
  ["config-corrupt", "database"],
  ["gpu-loss", "agent-0"],
  ["node-memory-pressure", "agent-0"],
  ["node-disk-pressure", "agent-0"],
] as const;

test.each(KINDS.flatMap(([kind, target]) => BOUNDARIES.map((boundary) => [kind, target, boundary] as const)))(
  "after SIGKILL the clean-up restores everything from disk alone: %s on %s, killed right after %s",
  async (kind, target, boundary) => {
    await bench.settled();
    const before = await bench.state();
    const result = await killedAndCleanedUp(bench.cluster, kind, target, boundary);
    expect(result).toMatchObject({ undone: 1, failures: [], left: [] });
    expect(result.audits.filter(({ clean }) => !clean)).toEqual([]);
    await bench.restored(before);
  },
);
