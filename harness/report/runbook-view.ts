import type { EventOf, FiredrillEvent } from "../events/vocabulary.ts";
import { bareTitle } from "./words.ts";

/** How the runbook went in one trial. */
export interface RunbookView {
  readonly id: string;
  /** Why it was begun; null when it never was. */
  readonly because: string | null;
  readonly startedMs: number | null;
  readonly endedMs: number | null;
  readonly outcome: EventOf<"runbook.ended">["outcome"] | "cut-off";
  readonly detail: string;
  readonly steps: readonly StepView[];
}

export interface StepView {
  readonly id: string;
  readonly title: string;
  readonly startedMs: number;
  /** Null when the trial was cut off while it ran. */
  readonly endedMs: number | null;
  /** When the last of its expectations was decided, if that was later than its own end. */
  readonly waitedUntilMs: number | null;
  readonly outcome: EventOf<"runbook.step.ended">["outcome"] | "cut-off";
  /** Done, and every expectation met. */
  readonly good: boolean;
  readonly exitCode: number | null;
  readonly output: string;
  readonly expectations: readonly {
    readonly expectation: string;
    readonly met: boolean;
    readonly detail: string;
  }[];
}

/** Null when the trial neither began nor refused a runbook. */
export function runbookView(events: readonly FiredrillEvent[]): RunbookView | null {
  const started = events.find((event) => event.kind === "runbook.started");
  const ended = events.find((event) => event.kind === "runbook.ended");
  const id = started?.runbook ?? ended?.runbook;
  if (id === undefined) return null;
  return {
    id,
    because: started?.because ?? null,
    startedMs: started?.t ?? null,
    endedMs: ended?.t ?? null,
    outcome: ended?.outcome ?? "cut-off",
    detail: ended?.detail ?? "the trial was cut off while the runbook was under way",
    steps: stepViews(events),
  };
}

function stepViews(events: readonly FiredrillEvent[]): StepView[] {
  const starts = events.filter((event) => event.kind === "runbook.step.started");
  return starts.map((start, index) => {
    // A step that is run twice: what follows its next start belongs to that one.
    const again = starts.slice(index + 1).find((other) => other.step === start.step)?.seq ?? Infinity;
    const own = events.filter(
      (event) => event.seq > start.seq && event.seq < again && "step" in event && event.step === start.step,
    );
    const end = own.find((event) => event.kind === "runbook.step.ended");
    const lastMs = own.findLast((event) => event.kind === "runbook.expected")?.t ?? 0;
    return {
      id: start.step,
      title: bareTitle(start.title),
      startedMs: start.t,
      endedMs: end?.t ?? null,
      waitedUntilMs: end !== undefined && lastMs > end.t ? lastMs : null,
      outcome: end?.outcome ?? "cut-off",
      good: end?.outcome === "done" && !own.some((event) => event.kind === "runbook.expected" && !event.met),
      exitCode: end?.exitCode ?? null,
      output: end?.output ?? "",
      expectations: own
        .filter((event) => event.kind === "runbook.expected")
        .map(({ expectation, met, detail }) => ({ expectation, met, detail })),
    };
  });
}
