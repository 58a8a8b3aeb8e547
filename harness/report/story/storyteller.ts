import type { FiredrillEvent } from "../../events/vocabulary.ts";
import { oneLine } from "../plain-text.ts";
import { clusterTeller } from "./cluster-story.ts";
import { faultTeller } from "./fault-story.ts";
import type { StoryLine, Telling } from "./line.ts";
import { probeTeller } from "./probe-story.ts";
import { tellRun } from "./run-story.ts";
import { type KnownSteps, runbookTeller } from "./runbook-story.ts";

const MAX_LINE_CHARS = 400;

/**
 * Tells a run from its events, given in order: one line per change of state, never one per sample.
 * The live output and the report tell the same story with it. Null: the event changes nothing.
 */
export function storyteller(steps: KnownSteps = []): (event: FiredrillEvent) => StoryLine | null {
  const newTellers = () => [tellRun, faultTeller(), clusterTeller(), probeTeller(), runbookTeller(steps)];
  let trial = 0;
  let tellers: readonly ((event: FiredrillEvent) => Telling | null)[] = newTellers();
  return (event) => {
    if (event.trial !== 0 && event.trial !== trial) {
      trial = event.trial;
      tellers = newTellers();
    }
    // All of them see every event, because each keeps its own account of the trial.
    const told = tellers.map((tell) => tell(event)).find((telling) => telling !== null);
    if (told === undefined) return null;
    return { trial: event.trial, t: event.t, ...told, text: oneLine(told.text, MAX_LINE_CHARS) };
  };
}
