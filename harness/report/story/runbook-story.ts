import type { EventOf, FiredrillEvent } from "../../events/vocabulary.ts";
import { formatDuration } from "../../time/duration.ts";
import { bareTitle } from "../words.ts";
import { type Telling, telling } from "./line.ts";

/** A runbook's steps in order, where they are known before they run: then a line can say what is next. */
export type KnownSteps = readonly { readonly id: string; readonly title: string }[];

/** The operator's work. One teller per trial. */
export function runbookTeller(steps: KnownSteps): (event: FiredrillEvent) => Telling | null {
  let begun = 0;
  const topicOf = (id: string): string => {
    const at = steps.findIndex((step) => step.id === id);
    return at === -1 ? `step ${begun}` : `step ${at + 1}/${steps.length}`;
  };
  const nextAfter = (id: string): string => {
    const at = steps.findIndex((step) => step.id === id);
    const next = at === -1 ? undefined : steps[at + 1];
    return next === undefined ? "" : ` · next: ${bareTitle(next.title)}`;
  };
  return (event) => {
    switch (event.kind) {
      case "runbook.started":
        return telling("runbook", "plain", `${event.runbook} begins: ${event.because}`);
      case "runbook.step.started":
        begun += 1;
        return telling(topicOf(event.step), "plain", `${bareTitle(event.title)}${nextAfter(event.step)}`);
      case "runbook.step.ended":
        return telling(topicOf(event.step), event.outcome === "done" ? "good" : "bad", stepEnd(event));
      case "runbook.expected": {
        const text = event.met
          ? `as expected: ${event.expectation}`
          : `expected ${event.expectation}; ${event.detail}`;
        return telling(topicOf(event.step), event.met ? "good" : "bad", text);
      }
      case "runbook.ended":
        return telling(
          "runbook",
          event.outcome === "done" ? "good" : "bad",
          `${END_WORDS[event.outcome]}: ${event.detail}`,
        );
      default:
        return null;
    }
  };
}

const END_WORDS = { done: "done", failed: "failed", "not-started": "never began" } as const;

function stepEnd({ outcome, exitCode, durationMs }: EventOf<"runbook.step.ended">): string {
  const status = outcome === "failed" && exitCode !== null ? ` with exit status ${exitCode}` : "";
  return `${STEP_WORDS[outcome]}${status} after ${formatDuration(durationMs)}`;
}

const STEP_WORDS = {
  done: "done",
  failed: "failed",
  timeout: "ran out of time",
  interrupted: "was interrupted",
} as const;
