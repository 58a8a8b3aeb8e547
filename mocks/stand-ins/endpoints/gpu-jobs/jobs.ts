/** A job as the board keeps it. Steps are counted from 0; `checkpoint` of them are safe. */
export interface Job {
  readonly id: string;
  readonly key: string;
  readonly steps: number;
  readonly stepMs: number;
  readonly acceptedMs: number;
  readonly state: "waiting" | "running" | "done";
  /** Who has it, or had it last. */
  readonly runner: string | null;
  /** Counts the times it was given out; reports of an earlier attempt are refused. */
  readonly attempt: number;
  readonly checkpoint: number;
  /** Steps that this attempt is known to have done. */
  readonly reached: number;
  /** Steps that had to be done again so far. */
  readonly repeated: number;
}

export interface Progress {
  readonly id: string;
  readonly attempt: number;
  readonly step: number;
}

export type Noted = "noted" | "stale" | "unknown";

/** The jobs, in the order in which they were accepted. In memory: they live as long as the board. */
export interface Jobs {
  /** The same key is the same job. Null when the board is full. */
  accept(order: Pick<Job, "key" | "steps" | "stepMs">, nowMs: number): Job | null;
  /** Gives the oldest waiting job to `runner`; null when none waits. */
  giveOut(runner: string): Job | null;
  heard(runner: string, progress: Progress): void;
  /** Makes steps safe; all of them end the job. `stale`: another attempt has the job. */
  checkpoint(runner: string, progress: Progress): Noted;
  /** Takes back what this runner has: it will go on from its checkpoint, elsewhere. */
  takeBack(runner: string): void;
  of(runner: string): readonly Job[];
  list(): readonly Job[];
}

const MAX_JOBS = 10_000;

export function createJobs(): Jobs {
  const jobs = new Map<string, Job>();
  const byKey = new Map<string, string>();
  const change = (job: Job, to: Partial<Job>): Job => {
    const changed = { ...job, ...to };
    jobs.set(job.id, changed);
    return changed;
  };
  const current = (runner: string, { id, attempt }: Progress): Job | null => {
    const job = jobs.get(id);
    const theirs = job?.state === "running" && job.runner === runner && job.attempt === attempt;
    return theirs ? job : null;
  };
  const of = (runner: string) =>
    [...jobs.values()].filter((job) => job.state === "running" && job.runner === runner);

  return {
    of,
    list: () => [...jobs.values()],
    accept(order, nowMs) {
      const known = jobs.get(byKey.get(order.key) ?? "");
      if (known !== undefined) return known;
      if (jobs.size >= MAX_JOBS) return null;
      const id = `job-${jobs.size + 1}`;
      byKey.set(order.key, id);
      const fresh = { state: "waiting", runner: null, attempt: 0, checkpoint: 0, reached: 0, repeated: 0 };
      const job: Job = { id, ...order, acceptedMs: nowMs, ...fresh, state: "waiting" };
      jobs.set(id, job);
      return job;
    },
    giveOut(runner) {
      const waiting = [...jobs.values()].find(({ state }) => state === "waiting");
      if (waiting === undefined) return null;
      const { attempt, checkpoint } = waiting;
      return change(waiting, { state: "running", runner, attempt: attempt + 1, reached: checkpoint });
    },
    heard(runner, progress) {
      const job = current(runner, progress);
      if (job !== null) change(job, { reached: Math.min(job.steps, Math.max(job.reached, progress.step)) });
    },
    checkpoint(runner, progress) {
      const known = jobs.get(progress.id);
      if (known === undefined) return "unknown";
      const job = current(runner, progress);
      // A repeated report of the end is no contradiction.
      if (job === null) return sameEnd(known, runner, progress) ? "noted" : "stale";
      const step = Math.min(job.steps, Math.max(job.checkpoint, progress.step));
      const state = step === job.steps ? "done" : "running";
      change(job, { checkpoint: step, reached: Math.max(job.reached, step), state });
      return "noted";
    },
    takeBack(runner) {
      for (const job of of(runner)) {
        const repeated = job.repeated + job.reached - job.checkpoint;
        change(job, { state: "waiting", repeated });
      }
    },
  };
}

function sameEnd(job: Job, runner: string, { attempt, step }: Progress): boolean {
  return job.state === "done" && job.runner === runner && job.attempt === attempt && step === job.steps;
}
