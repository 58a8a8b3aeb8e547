import { randomInt } from "node:crypto";
import { dirname, join } from "node:path";
import type { FiredrillEvent } from "../events/vocabulary.ts";
import type { Judgement } from "../gate/result.ts";
import { tierByName } from "../tier/index.ts";
import type { RunningStack, Tier } from "../tier/tier.ts";
import type { ScenarioCard } from "./card.ts";
import { defineScenario } from "./define.ts";
import { handOver } from "./hand-over.ts";
import { makePlan } from "./make-plan.ts";
import { newRunId } from "./run-id.ts";
import { runPlan } from "./run.ts";
import { runFolderName, runsFolder } from "./run-folder.ts";

/** A scenario without a stack of its own: the containers run already. */
export type AdoptedCard = Omit<ScenarioCard, "stack">;

export interface AdoptedRehearsal {
  readonly judgement: Judgement;
  readonly events: readonly FiredrillEvent[];
  /** `report.html` of this run. */
  readonly report: string;
}

/**
 * Rehearses on containers that a test has started (see `adoptContainers`): the same faults, probes, criteria and
 * judge as a scenario script, and the containers stay the test's own.
 *
 * @example
 * await using stack = await adoptContainers({ database: container });
 * const { judgement } = await rehearseAdopted(stack, import.meta, { title: "…", probes: { … }, faults: [ … ], … });
 * expect(judgement.decision).toBe("go");
 * @throws USAGE_* when the card is wrong, and whatever kept the rehearsal from its end.
 */
export async function rehearseAdopted(
  stack: RunningStack,
  meta: Pick<ImportMeta, "url">,
  card: AdoptedCard,
): Promise<AdoptedRehearsal> {
  const scenario = defineScenario(meta.url, { ...card, stack: "." });
  const tier = adoptedTier(await tierByName("compose"), stack);
  const options = {
    tier: tier.name,
    seed: randomInt(2 ** 32),
    trials: 1,
    control: "none",
    keep: false,
    reuse: false,
  } as const;
  const planned = await makePlan(
    scenario,
    tier,
    { ...options, json: true, dryRun: false, help: false },
    stack.spec,
  );
  const startedAt = new Date().toISOString();
  const runId = newRunId();
  const runDir = join(runsFolder(dirname(scenario.file)), runFolderName(startedAt, scenario.name, runId));
  const { signal } = new AbortController();
  const { events, error } = await runPlan({
    planned,
    tier,
    runId,
    runDir,
    startedAt,
    keepUntil: null,
    reuse: false,
    signal,
    listener: () => {},
  });
  const { judgement } = handOver(runDir, events);
  if (error !== null) throw error;
  return { judgement, events, report: join(runDir, "report.html") };
}

/** Up is what the test did; down is what it will do. */
function adoptedTier(compose: Tier, stack: RunningStack): Tier {
  return { ...compose, up: async () => ({ ...stack, [Symbol.asyncDispose]: async () => {} }) };
}
