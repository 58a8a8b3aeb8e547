import type { EventOf, FiredrillEvent } from "../events/vocabulary.ts";

/** What one mock noted of one trial. */
export type MockView = Omit<EventOf<"mock.journal">, "seq" | "t" | "kind">;

/** Every mock's journal in every trial, in the order of the log. */
export function mockViews(events: readonly FiredrillEvent[]): MockView[] {
  return events.flatMap((event) => {
    if (event.kind !== "mock.journal") return [];
    const { seq: _seq, t: _t, kind: _kind, ...view } = event;
    return [view];
  });
}

/**
 * What mocks were asked and do not model, over all trials: `llm (mock llm): GET /v1/files, 3 times`. A client that needed
 * it was not rehearsed as it is in production.
 */
export function unmodelledFindings(events: readonly FiredrillEvent[]): string[] {
  const counts = new Map<string, number>();
  for (const { service, mock, unmodelled } of mockViews(events)) {
    for (const [what, times] of Object.entries(unmodelled)) {
      const asked = `${service} (mock ${mock}): ${what}`;
      counts.set(asked, (counts.get(asked) ?? 0) + times);
    }
  }
  return [...counts].map(([asked, times]) => `${asked}, ${times === 1 ? "once" : `${times} times`}`);
}
