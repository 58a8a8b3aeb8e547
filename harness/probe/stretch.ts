/** One question of a probe: asked, and sooner or later answered. */
interface Ask {
  readonly startedMs: number;
  ok: boolean | null;
}

/**
 * What the answers so far say about one probe. Answers may come out of order; what counts is when a question was
 * *asked*, because that is the moment at which the answer was or was not to be had.
 *
 * - `goodSinceMs` and `isBad` speak of the answers that are in: an open question is passed over until then, and an
 *   early question whose bad answer comes late cuts the stretch short afterwards.
 * - `hasHeld` is proof, so it waits for every earlier question: a stretch with an open question in it proves nothing.
 */
export class Stretch {
  /** Everything before `open` is answered and folded into `settledGoodSinceMs`. */
  private open: Ask[] = [];
  private settledGoodSinceMs: number | null = null;
  private settledLastMs: number | null = null;

  /** Notes a question and returns what to call with its answer. Call in the order of `startedMs`. */
  asked(startedMs: number): (ok: boolean) => void {
    const ask: Ask = { startedMs, ok: null };
    this.open.push(ask);
    return (ok) => {
      ask.ok = ok;
      this.settle();
    };
  }

  /** When the first question of the present unbroken run of good answers was asked; null when it is bad or unknown. */
  goodSinceMs(): number | null {
    let since = this.settledGoodSinceMs;
    for (const { ok, startedMs } of this.open) {
      if (ok !== null) since = ok ? (since ?? startedMs) : null;
    }
    return since;
  }

  /** Was the answer to the latest question that has one bad? False before the first answer. */
  isBad(): boolean {
    const anyAnswer = this.settledLastMs !== null || this.open.some(({ ok }) => ok !== null);
    return anyAnswer && this.goodSinceMs() === null;
  }

  /** Good without a break from `fromMs` (or from when it turned good, if that is later) for at least `holdMs`. */
  hasHeld(holdMs: number, fromMs: number): boolean {
    if (this.settledGoodSinceMs === null || this.settledLastMs === null) return false;
    return this.settledLastMs >= Math.max(this.settledGoodSinceMs, fromMs) + holdMs;
  }

  private settle(): void {
    while (this.open[0] !== undefined && this.open[0].ok !== null) {
      const { ok, startedMs } = this.open[0];
      this.settledGoodSinceMs = ok ? (this.settledGoodSinceMs ?? startedMs) : null;
      this.settledLastMs = startedMs;
      this.open.shift();
    }
  }
}
