import type { EventOf, FiredrillEvent } from "../events/vocabulary.ts";

/** How good a state is: `unsure` is on its way, or nobody knows. */
export type StateTone = "good" | "bad" | "unsure";

/** A time in which a node or pod was in one state. */
export interface StateStretch {
  readonly state: string;
  readonly tone: StateTone;
  readonly fromMs: number;
  readonly toMs: number;
  readonly detail: string;
}

export interface NodeView {
  readonly id: string;
  readonly stretches: readonly StateStretch[];
}

export interface PodView {
  readonly id: string;
  readonly service: string;
  /** Where it ran last, null: nowhere. */
  readonly node: string | null;
  /** None while it does not exist. */
  readonly stretches: readonly StateStretch[];
}

/** The nodes of a trial in the order in which they were first seen; none on tiers without any. */
export function nodeViews(events: readonly FiredrillEvent[], endMs: number): NodeView[] {
  const states = events.filter((event) => event.kind === "node.state");
  return [...Map.groupBy(states, ({ node }) => node)].map(([id, own]) => ({
    id,
    stretches: stretches(own, endMs, ({ state }) => NODE_TONES[state]),
  }));
}

/** The pods of a trial, by service and by when they were first seen. */
export function podViews(events: readonly FiredrillEvent[], endMs: number): PodView[] {
  const states = events.filter((event) => event.kind === "pod.state");
  const views = [...Map.groupBy(states, ({ pod }) => pod)].map(([id, own]) => ({
    id,
    service: own[0]?.service ?? "",
    node: own.findLast(({ node }) => node !== null)?.node ?? null,
    stretches: stretches(own, endMs, ({ state }) => POD_TONES[state]),
  }));
  return views.toSorted((a, b) => a.service.localeCompare(b.service));
}

/** Was it in any other state than `ready`, in this part of the trial? */
export function wavered({ stretches: all }: NodeView | PodView, fromMs: number): boolean {
  return all.some(({ tone, toMs }) => tone !== "good" && toMs > fromMs);
}

const NODE_TONES: Readonly<Record<EventOf<"node.state">["state"], StateTone>> = {
  ready: "good",
  "not-ready": "bad",
  unknown: "unsure",
  paused: "bad",
  down: "bad",
  gone: "bad",
};

/** Null: there is nothing to draw. A pod that is gone has made room for another; a node that is gone is missed. */
const POD_TONES: Readonly<Record<EventOf<"pod.state">["state"], StateTone | null>> = {
  pending: "unsure",
  starting: "unsure",
  ready: "good",
  "not-ready": "bad",
  unknown: "unsure",
  crashing: "bad",
  terminating: "unsure",
  ended: null,
  evicted: "bad",
  gone: null,
};

type StateEvent = EventOf<"node.state"> | EventOf<"pod.state">;

/** A state lasts until the next one, the last until the end of what is drawn; an eviction is an instant. */
function stretches<Event extends StateEvent>(
  events: readonly Event[],
  endMs: number,
  toneOf: (event: Event) => StateTone | null,
): StateStretch[] {
  return events.flatMap((event, index): StateStretch[] => {
    const tone = toneOf(event);
    const nextMs = events[index + 1]?.t ?? Math.max(event.t, endMs);
    if (tone === null || nextMs === event.t) return [];
    const toMs = event.state === "evicted" ? event.t : nextMs;
    return [{ state: event.state, tone, fromMs: event.t, toMs, detail: event.detail }];
  });
}
