import type { Judgement } from "../gate/result.ts";
import type { RunFacts } from "./run-facts.ts";
import { replayCommand } from "./replay.ts";
import { REASON_WORDS } from "./words.ts";

/** What to do after reading the decision: a sentence and, where there is one, the command. */
export interface NextStep {
  readonly advice: string;
  readonly command: string;
}

/** The most useful next command for this decision. */
export function nextStep(judgement: Judgement, facts: RunFacts): NextStep {
  const { plan, scenarioPath } = facts;
  if (plan.control !== "none") {
    return {
      advice: "This was a control. The rehearsal itself is",
      command: replayCommand(scenarioPath, { ...plan, control: "none" }),
    };
  }
  if (judgement.decision === "go" && plan.tier === "sim") {
    return {
      advice: "The model recovers. Confirm it on real containers with",
      command: replayCommand(scenarioPath, { ...plan, tier: "compose" }),
    };
  }
  if (judgement.decision === "go" && plan.scenario.runbook !== null) {
    return {
      advice: "To prove that it was the runbook that repaired it, run the control",
      command: replayCommand(scenarioPath, { ...plan, control: "no-runbook" }),
    };
  }
  const again =
    judgement.decision === "no-go"
      ? "Repair the cause, then run the same again"
      : "Remove what stood in the way, then run the same again";
  return {
    advice: judgement.decision === "go" ? "To see the same again" : `${again} with`,
    command: facts.replay,
  };
}

/** What keeps this gate from being decided: one line per reason, naming its criteria. */
export function whatIsMissing(judgement: Judgement): string[] {
  const waiting = new Map<string, string[]>();
  for (const { id, verdict, trials } of judgement.criteria) {
    if (verdict !== "inconclusive") continue;
    const reason = trials.find((trial) => trial.verdict === "inconclusive")?.reason ?? "not-run";
    waiting.set(REASON_WORDS[reason], [...(waiting.get(REASON_WORDS[reason]) ?? []), id]);
  }
  if (judgement.criteria.length === 0) return ["the scenario demands nothing: it has no exit criteria"];
  return [...waiting].map(([reason, ids]) => `${ids.join(", ")}: ${reason}`);
}
