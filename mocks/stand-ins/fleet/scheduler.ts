import type { OpenTask } from "./statements.ts";

/** A worker holds no more than this at once; what is over it stays pending. */
export const MAX_TASKS_PER_WORKER = 50;

/** A worker that can be given tasks. */
export interface Worker {
  readonly node: string;
  readonly gpu: boolean;
}

export interface SchedulePlan {
  /** Workers, gone or unknown, whose running tasks must be taken back. */
  readonly release: readonly string[];
  readonly assign: readonly { readonly id: string; readonly attempt: number; readonly node: string }[];
}

/**
 * What to do about the open tasks, given who is alive. Each pending task, the oldest first, goes to the least
 * loaded worker that may run it (ties by name), so loads never drift further apart than they were, or than one
 * task. GPU tasks run on GPU workers only.
 */
export function plan(tasks: readonly OpenTask[], alive: readonly Worker[]): SchedulePlan {
  const workers = alive
    .map((worker) => ({ ...worker, load: 0 }))
    .toSorted((a, b) => (a.node < b.node ? -1 : 1));
  const byName = new Map(workers.map((worker) => [worker.node, worker]));

  const release = new Set<string>();
  for (const { state, worker } of tasks) {
    if (state !== "running" || worker === null) continue;
    const owner = byName.get(worker);
    if (owner) owner.load += 1;
    else release.add(worker);
  }

  const assign: { id: string; attempt: number; node: string }[] = [];
  for (const task of tasks) {
    if (task.state !== "pending") continue;
    const fit = workers.filter((worker) => worker.gpu || task.kind !== "gpu");
    const [first, ...others] = fit;
    if (first === undefined) continue;
    const chosen = others.reduce((best, worker) => (worker.load < best.load ? worker : best), first);
    if (chosen.load >= MAX_TASKS_PER_WORKER) continue;
    chosen.load += 1;
    assign.push({ id: task.id, attempt: task.attempt, node: chosen.node });
  }
  return { release: [...release], assign };
}
