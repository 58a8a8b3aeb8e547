import { FiredrillError } from "../../../harness/error.ts";
import type { Load } from "../device/physics.ts";

/** A GPU takes so many processes at most; ours. */
const MAX_RUNNING = 1_000;
/** Ended jobs are kept so long that somebody can ask how they ended. */
const MAX_ENDED = 1_000;
const FIRST_PID = 4_001;

/** What somebody asks to be run. */
export interface JobOrder {
  readonly name: string;
  readonly gpu: number;
  readonly memoryMib: number;
  /** 0..1 */
  readonly utilisation: number;
  readonly memoryUtilisation: number;
  readonly intensity: number;
  /** Seconds at full clocks and alone; null: until somebody stops it. */
  readonly workSeconds: number | null;
}

/** A process on a GPU. */
export interface Job extends JobOrder {
  readonly pid: number;
  readonly startedMs: number;
  /** Of `workSeconds`: a throttled GPU does less of it in a second. */
  readonly doneSeconds: number;
  readonly end: JobEnd | null;
}

export interface JobEnd {
  readonly atMs: number;
  /** 0: it came to its end; 143: it was stopped; else it died. */
  readonly exitCode: number;
  readonly why: string;
}

/** All processes of a machine. */
export interface Jobs {
  /** @throws USAGE_FAULT when there are too many. */
  start(order: JobOrder, nowMs: number): Job;
  get(pid: number): Job | null;
  running(gpu?: number): readonly Job[];
  all(): readonly Job[];
  /** Changes its demand. */
  change(pid: number, demand: Partial<Omit<JobOrder, "gpu" | "name">>): Job | null;
  end(pid: number, end: JobEnd): void;
  /** Does `seconds` of the work of everything on a GPU that runs at `scale`; ends what is done. */
  work(gpu: number, seconds: number, scale: number, atMs: number): void;
  load(gpu: number): Load;
  memoryMib(gpu: number): number;
}

export function createJobs(): Jobs {
  const jobs = new Map<number, Job>();
  let nextPid = FIRST_PID;
  const running = (gpu?: number) =>
    [...jobs.values()].filter((job) => job.end === null && (gpu === undefined || job.gpu === gpu));
  const demand = (gpu: number) => running(gpu).reduce((sum, job) => sum + job.utilisation, 0);
  const end = (pid: number, how: JobEnd) => {
    const job = jobs.get(pid);
    if (job === undefined || job.end !== null) return;
    jobs.set(pid, { ...job, end: how });
    const ended = [...jobs.values()].filter((it) => it.end !== null);
    if (ended.length > MAX_ENDED) jobs.delete(ended[0]!.pid);
  };
  return {
    start(order, nowMs) {
      if (running().length >= MAX_RUNNING)
        throw new FiredrillError("USAGE_FAULT", `more than ${MAX_RUNNING} processes on the GPUs`);
      const job = { ...order, pid: nextPid++, startedMs: nowMs, doneSeconds: 0, end: null };
      jobs.set(job.pid, job);
      return job;
    },
    get: (pid) => jobs.get(pid) ?? null,
    running,
    all: () => [...jobs.values()],
    change(pid, more) {
      const job = jobs.get(pid);
      if (job === undefined || job.end !== null) return null;
      const changed = { ...job, ...more };
      jobs.set(pid, changed);
      return changed;
    },
    end,
    work(gpu, seconds, scale, atMs) {
      // Those who want more than there is share it.
      const share = scale / Math.max(1, demand(gpu));
      for (const job of running(gpu)) {
        const doneSeconds = Math.min(job.workSeconds ?? Infinity, job.doneSeconds + seconds * share);
        jobs.set(job.pid, { ...job, doneSeconds });
        if (doneSeconds === job.workSeconds) end(job.pid, { atMs, exitCode: 0, why: "done" });
      }
    },
    load(gpu) {
      const all = running(gpu);
      const wanted = demand(gpu);
      const most = (pick: (job: Job) => number) => Math.max(0, ...all.map(pick));
      return {
        utilisation: Math.min(1, wanted),
        memoryUtilisation: Math.min(
          1,
          all.reduce((sum, job) => sum + job.memoryUtilisation, 0),
        ),
        intensity: all.length === 0 ? 0.9 : most(({ intensity }) => intensity),
      };
    },
    memoryMib: (gpu) => running(gpu).reduce((sum, job) => sum + job.memoryMib, 0),
  };
}
