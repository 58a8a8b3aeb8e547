import type { FaultSubject } from "../../core/mock.ts";
import type { Pool } from "./pool.ts";
import { createVardiff } from "./vardiff.ts";

/** One miner's difficulty: what it must meet, and what it is told. */
export interface Difficulty {
  readonly current: number;
  /** What a share for this job must meet: until the next job, the lower of the old one and the new one will do. */
  requiredFor(jobNumber: number): number;
  /** A share was taken that was worth `worth`; `set_difficulty` goes out where it follows. */
  share(worth: number): void;
  /** The miner asks for a least difficulty. */
  ask(difficulty: number): void;
  /** Says what holds: when a miner begins, and after a job where it was kept back. */
  say(): void;
  /** A job is about to go out. Returns what to do after it. */
  beforeJob(): () => void;
}

/** `tell` sends `mining.set_difficulty`. */
export function createDifficulty(
  pool: Pool,
  subject: () => FaultSubject,
  tell: (difficulty: number) => void,
): Difficulty {
  const { world, settings, jobs } = pool;
  const { faults, clock } = world;
  const vardiff = createVardiff();
  let asked = 0;
  let old = settings.startDiff;
  let current = settings.startDiff;
  /** The first job for which `current` holds alone. */
  let fromJob = 0;
  let thrashedUp = false;
  let unsaid = false;

  const limits = () => {
    const most = settings.maxDiff > 0 ? settings.maxDiff : Infinity;
    return { least: settings.minDiff, most: Math.min(most, jobs.current.networkDifficulty) };
  };
  const set = (next: number) => {
    if (next === current) return;
    world.note("difficulty", { ...subject().labels, from: current, to: next });
    old = current;
    current = next;
    fromJob = jobs.current.number + 1;
    vardiff.changed(clock.nowMs());
    if (faults.take("set_difficulty.afterJob", subject()) === null) tell(current);
    else unsaid = true;
  };
  const nextByFault = (): number | null => {
    const thrash = faults.take("vardiff.thrash", subject());
    if (thrash !== null) {
      thrashedUp = !thrashedUp;
      const factor = Number(thrash.params["factor"]);
      return thrashedUp ? current * factor : current / factor;
    }
    const spike = faults.take("vardiff.spike", subject());
    return spike === null ? null : current * Number(spike.params["factor"]);
  };

  return {
    get current() {
      return current;
    },
    requiredFor: (jobNumber) => (jobNumber < fromJob ? Math.min(old, current) : current),
    share(worth) {
      const next = vardiff.share(worth, current, clock.nowMs(), limits(), asked);
      const forced = nextByFault();
      if (forced !== null) return set(forced);
      if (next === null || faults.take("vardiff.frozen", subject()) !== null) return;
      set(next);
    },
    ask(difficulty) {
      const { least, most } = limits();
      asked = Math.min(Math.max(difficulty, least), most);
      set(asked);
    },
    say: () => tell(current),
    beforeJob() {
      const late = unsaid;
      unsaid = false;
      return late ? () => tell(current) : () => {};
    },
  };
}
