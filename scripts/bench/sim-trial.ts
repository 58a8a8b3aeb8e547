import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makePlan } from "../../harness/scenario/make-plan.ts";
import { parseRunOptions } from "../../harness/scenario/options.ts";
import { runPlan } from "../../harness/scenario/run.ts";
import type { ScenarioDefinition } from "../../harness/scenario/definition.ts";
import { tierByName } from "../../harness/tier/index.ts";
import { median } from "./median.ts";

const RUNS = 10;

/** One trial of scenarios/failover.mjs on `sim`: real time against the virtual time that it stands for. */
export async function benchSim(): Promise<string> {
  const { default: scenario } = (await import("../../scenarios/failover.mjs" as string)) as {
    default: ScenarioDefinition;
  };
  const tier = await tierByName("sim");
  const took: number[] = [];
  let virtualMs = 0;
  for (let seed = 0; seed <= RUNS; seed++) {
    const planned = await makePlan(
      scenario,
      tier,
      parseRunOptions(["--seed", String(seed)], () => 0),
    );
    const runDir = mkdtempSync(join(tmpdir(), "firedrill-bench-"));
    const startedMs = performance.now();
    const { events } = await runPlan({
      planned,
      tier,
      runId: "bench0",
      runDir,
      startedAt: "2026-01-01T00:00:00.000Z",
      keepUntil: null,
      reuse: false,
      signal: new AbortController().signal,
      listener: () => {},
    });
    // The first run loads and compiles; it is not counted.
    if (seed > 0) took.push(performance.now() - startedMs);
    virtualMs = Math.max(...events.map(({ t }) => t));
    rmSync(runDir, { recursive: true });
  }
  const cost = median(took);
  const speed = Math.round(virtualMs / cost);
  return `sim: one failover trial of ${(virtualMs / 1000).toFixed(0)} virtual seconds takes ${cost.toFixed(0)} ms (median of ${RUNS}), ${speed}x real time`;
}
