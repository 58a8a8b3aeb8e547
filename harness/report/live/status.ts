import type { EventOf, FiredrillEvent } from "../../events/vocabulary.ts";
import { formatDuration } from "../../time/duration.ts";
import { count } from "../words.ts";

/** How things stand right now, kept up to date event by event. */
export interface Status {
  see(event: FiredrillEvent): void;
  /** `"observing · api ✓ 12 s · redundancy ✗ 3.2 s · 61 operations, 2 not acknowledged"`. */
  text(): string;
  /** Milliseconds on the trial's clock at the last event. */
  nowMs(): number;
}

export function newStatus(): Status {
  let trial = 0;
  let nowMs = 0;
  let phase = "planning";
  let acknowledged = 0;
  let others = 0;
  const probes = new Map<string, { ok: boolean; sinceMs: number }>();

  const beginTrial = (event: FiredrillEvent): void => {
    trial = event.trial;
    probes.clear();
    acknowledged = others = 0;
  };
  return {
    see: (event) => {
      if (event.trial !== 0 && event.trial !== trial) beginTrial(event);
      nowMs = event.t;
      if (event.kind === "trial.phase") phase = PHASE_WORDS[event.phase];
      else if (event.kind === "op.ok") acknowledged += 1;
      else if (event.kind === "op.fail" || event.kind === "op.info") others += 1;
      else if (event.kind === "probe.sample" && probes.get(event.probe)?.ok !== event.ok) {
        probes.set(event.probe, { ok: event.ok, sinceMs: event.startedMs });
      }
    },
    text: () => {
      const parts = [phase];
      for (const [id, { ok, sinceMs }] of probes) {
        parts.push(`${id} ${ok ? "✓" : "✗"} ${formatDuration(Math.max(0, nowMs - sinceMs))}`);
      }
      const done = acknowledged + others;
      if (done > 0)
        parts.push(`${count(done, "operation")}${others === 0 ? "" : `, ${others} not acknowledged`}`);
      return parts.join(" · ");
    },
    nowMs: () => nowMs,
  };
}

const PHASE_WORDS: Readonly<Record<EventOf<"trial.phase">["phase"], string>> = {
  up: "bringing the stack up",
  baseline: "waiting for a steady start",
  injecting: "breaking it",
  observing: "observing",
  verifying: "verifying",
  undoing: "putting everything back",
  down: "taking the stack down",
  done: "trial done",
};
