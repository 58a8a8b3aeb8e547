import { FiredrillError } from "../error.ts";
import type { EventOf, FiredrillEvent } from "../events/vocabulary.ts";
import type { ReportInput } from "./input.ts";
import { type PlanView, readPlan } from "./plan-view.ts";
import { recordedPath, replayCommand } from "./replay.ts";

/** What identifies a run and where it ran, gathered from its log. */
export interface RunFacts {
  readonly runId: string;
  readonly startedAt: string;
  readonly planDigest: string;
  readonly environment: EventOf<"run.planned">["environment"];
  readonly plan: PlanView;
  readonly images: readonly ImageFact[];
  /** Signal names, e.g. `SIGINT`. */
  readonly interruptions: readonly string[];
  readonly failures: readonly {
    readonly code: string;
    readonly message: string;
    readonly hint: string | null;
  }[];
  /** The scenario's path as a person types it. */
  readonly scenarioPath: string;
  readonly replay: string;
}

export interface ImageFact {
  readonly image: string;
  readonly use: string;
  readonly how: "present" | "pulled" | "built";
  /** Why another image stands in for the one that was named; null when it is the very one. */
  readonly substitution: string | null;
}

/** @throws RUN_EVENTS when the log does not begin with a plan. */
export function runFacts({ events, metadata }: ReportInput): RunFacts {
  const planned = events.find((event) => event.kind === "run.planned");
  if (planned === undefined) {
    throw new FiredrillError(
      "RUN_EVENTS",
      "the log of this run holds no plan, so there is nothing to report on",
      {
        received: `${events.length} events without "run.planned"`,
        expected: 'an events.jsonl whose first event is "run.planned"',
      },
    );
  }
  const plan = readPlan(planned.plan);
  const scenarioPath = metadata?.scenarioPath ?? recordedPath(plan.scenario.file);
  return {
    runId: planned.runId,
    startedAt: planned.startedAt,
    planDigest: planned.planDigest,
    environment: planned.environment,
    plan,
    images: imagesOf(events),
    interruptions: events.filter((event) => event.kind === "run.interrupted").map((event) => event.signal),
    failures: events
      .filter((event) => event.kind === "run.failed")
      .map(({ code, message, hint }) => ({ code, message, hint })),
    scenarioPath,
    replay: replayCommand(scenarioPath, plan),
  };
}

/** An image that several trials asked for is one fact. */
function imagesOf(events: readonly FiredrillEvent[]): ImageFact[] {
  const facts = new Map<string, ImageFact>();
  for (const event of events) {
    if (event.kind !== "run.image") continue;
    const { image, use, how, substitution } = event;
    const key = JSON.stringify([image, use, substitution]);
    if (!facts.has(key)) facts.set(key, { image, use, how, substitution });
  }
  return [...facts.values()];
}
