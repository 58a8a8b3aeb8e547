import { systemClock } from "../../time/system-clock.ts";

const TELL_EVERY_MS = 15_000;

/** Long work that says what it does, how long it takes, that it is alive, and when it is done. */
export interface LongWork {
  /** Completes "building …", e.g. `postgres locally`. */
  readonly what: string;
  /** `["building", "built"]` */
  readonly verb: readonly [string, string];
  readonly estimateSeconds: number;
  readonly progress: (line: string) => void;
}

/** Runs `work` between progress lines, with a sign of life every 15 s. */
export async function announced<T>(long: LongWork, work: () => Promise<T>): Promise<T> {
  const clock = systemClock();
  const seconds = () => Math.round(clock.nowMs() / 1000);
  const [doing, done] = long.verb;
  long.progress(`${doing} ${long.what}, about ${long.estimateSeconds} s`);
  const beat = setInterval(
    () => long.progress(`still ${doing} ${long.what} (${seconds()} s of about ${long.estimateSeconds} s)`),
    TELL_EVERY_MS,
  );
  try {
    const result = await work();
    long.progress(`${done} ${long.what} in ${seconds()} s`);
    return result;
  } finally {
    clearInterval(beat);
  }
}
