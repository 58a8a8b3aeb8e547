import type { EventOf, FiredrillEvent } from "../events/vocabulary.ts";
import type { PlanView } from "./plan-view.ts";

/** One probe's answers in one trial. */
export interface ProbeView {
  readonly id: string;
  readonly url: string;
  readonly everyMs: number;
  readonly samples: readonly EventOf<"probe.sample">[];
  readonly stretches: readonly Stretch[];
}

/** Consecutive equal answers. It lasts until the next different answer was asked for. */
export interface Stretch {
  readonly ok: boolean;
  readonly fromMs: number;
  readonly toMs: number;
  readonly samples: number;
  /** What the first of them said. */
  readonly detail: string;
}

/** Probes in the order of the plan; one that the plan does not know comes last. */
export function probeViews(events: readonly FiredrillEvent[], plan: PlanView): ProbeView[] {
  const samples = Map.groupBy(
    events.filter((event) => event.kind === "probe.sample"),
    (sample) => sample.probe,
  );
  const known = plan.scenario.probes.map(({ id }) => id);
  const ids = new Set([...known, ...samples.keys()]);
  return [...ids].map((id) => {
    const spec = plan.scenario.probes.find((probe) => probe.id === id);
    const own = (samples.get(id) ?? []).toSorted((a, b) => a.startedMs - b.startedMs);
    return { id, url: spec?.url ?? "", everyMs: spec?.everyMs ?? 0, samples: own, stretches: stretches(own) };
  });
}

function stretches(samples: readonly EventOf<"probe.sample">[]): Stretch[] {
  const found: { ok: boolean; fromMs: number; toMs: number; samples: number; detail: string }[] = [];
  for (const sample of samples) {
    const current = found.at(-1);
    if (current) current.toMs = sample.startedMs;
    if (current?.ok === sample.ok) {
      current.samples += 1;
      current.toMs = Math.max(current.toMs, sample.t);
    } else {
      const { ok, startedMs, t, detail } = sample;
      found.push({ ok, fromMs: startedMs, toMs: t, samples: 1, detail });
    }
  }
  return found;
}
