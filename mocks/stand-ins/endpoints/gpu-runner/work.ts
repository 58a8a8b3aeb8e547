import type { Host } from "../../../../harness/service/host.ts";
import type { Progress } from "../gpu-jobs/jobs.ts";
import type { Assignment, BoardClient } from "./board-client.ts";
import type { GpuClient } from "./gpu-client.ts";

/** A job under way on this node. */
interface Running {
  readonly assignment: Assignment;
  readonly pid: number;
  /** Steps done, and steps that the board has safe. */
  readonly step: number;
  readonly safe: number;
}

/** What this runner is doing, made equal to what the board wants. */
export interface Work {
  running(): readonly Progress[];
  /** Starts what is new, stops what is not listed. */
  follow(wanted: readonly Assignment[]): Promise<void>;
  /** Asks the GPU how far everything is; makes steps safe where enough of them are not. */
  look(): Promise<void>;
}

/** `everySteps`: so many steps are lost at most when the GPU dies; infinity: no checkpoints but the end. */
export function createWork(host: Host, gpu: GpuClient, board: BoardClient, everySteps: number): Work {
  const active = new Map<string, Running>();

  const start = async (assignment: Assignment) => {
    const { id, fromStep, steps, stepMs } = assignment;
    const pid = await gpu.start(id, Math.max(0.001, ((steps - fromStep) * stepMs) / 1_000));
    if (pid !== null) active.set(nameOf(assignment), { assignment, pid, step: fromStep, safe: fromStep });
  };

  const advance = async (name: string, job: Running) => {
    const { assignment, pid } = job;
    const state = await gpu.look(pid);
    if (state === null) return;
    if (state.kind === "died" || state.kind === "gone") {
      // The board hears with the next heartbeat that it no longer runs here; while the GPU is well, it is started again.
      host.log("a process ended before its job", { job: assignment.id, state: state.kind });
      active.delete(name);
      return;
    }
    const ran =
      state.kind === "done" ? Infinity : Math.floor((state.doneSeconds * 1_000) / assignment.stepMs);
    const step = Math.min(assignment.steps, assignment.fromStep + ran);
    const due = step === assignment.steps || step - job.safe >= everySteps;
    const said = due ? await board.checkpoint({ ...assignment, step }) : "unheard";
    if (said === "refused") await gpu.stop(pid);
    if (said === "refused" || (said === "noted" && step === assignment.steps)) active.delete(name);
    else active.set(name, { ...job, step, safe: said === "noted" ? step : job.safe });
  };

  return {
    running: () =>
      [...active.values()].map(({ assignment: { id, attempt }, step }) => ({ id, attempt, step })),
    async follow(wanted) {
      const names = new Set(wanted.map(nameOf));
      const unwanted = [...active].filter(([name]) => !names.has(name));
      for (const [name] of unwanted) active.delete(name);
      const fresh = wanted.filter((assignment) => !active.has(nameOf(assignment)));
      await Promise.all([...unwanted.map(([, { pid }]) => gpu.stop(pid)), ...fresh.map(start)]);
    },
    async look() {
      await Promise.all([...active].map(([name, job]) => advance(name, job)));
    },
  };
}

/** The same job in a later attempt is another piece of work. */
function nameOf({ id, attempt }: Assignment): string {
  return `${id}#${attempt}`;
}
