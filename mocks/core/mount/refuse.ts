import type { RunningMock } from "../life.ts";

/** Shuts the door while a `tcp.refuse` fault stands for this listener (scope `listener`), by order or by the clock. */
export function refuseWhileFaulty(
  mock: RunningMock,
  name: string,
  door: { shut(): void; reopen(): void },
): void {
  let shut = false;
  let pending = new AbortController();
  const look = () => {
    pending.abort();
    pending = new AbortController();
    const refuse = mock.faults.standing("tcp.refuse", { labels: { listener: name } }) !== null;
    if (refuse !== shut) {
      shut = refuse;
      if (shut) door.shut();
      else door.reopen();
      mock.journal.note(shut ? "refusing" : "listening", { on: name });
    }
    const { signal } = pending;
    const nextMs = mock.faults.nextChangeMs();
    if (nextMs === Infinity) return;
    void mock.clock.sleepUntil(nextMs, signal).then(() => (signal.aborted ? undefined : look()));
  };
  mock.faults.onChange(look);
}
