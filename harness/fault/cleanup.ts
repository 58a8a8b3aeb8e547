import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { FiredrillError } from "../error.ts";
import type { Tier, TierName } from "../tier/tier.ts";
import { systemClock } from "../time/system-clock.ts";
import { undoEntries } from "./reverting.ts";
import { markRunState, readRunState, type RunState, runnerIsAlive } from "./run-state.ts";
import { openUndoLog, pendingUndo } from "./undo-log.ts";

export interface CleanupOptions {
  /** How a tier is found; replaced in tests. */
  readonly tierByName?: (name: TierName) => Promise<Tier>;
  /** The caller knows that the runner is gone, e.g. because the pipe that it held has closed. */
  readonly runnerIsDead?: boolean;
}

export interface CleanupResult {
  readonly runId: string;
  /** How many applications of faults were undone. */
  readonly undone: number;
  /** What the tier took away, by name. */
  readonly removed: readonly string[];
  /** What could not be undone. Then nothing was removed, because what is left may hold the only copy of somebody's data. */
  readonly failures: readonly string[];
}

/**
 * Puts back and takes away whatever an interrupted run left, from its folder alone. Harmless when there is nothing to
 * do and when done twice. @throws USAGE_RUN when the folder holds no run, or the run is still going
 */
export async function cleanupRun(runDir: string, options: CleanupOptions = {}): Promise<CleanupResult> {
  const run = readRunState(runDir);
  const pending = pendingUndo(runDir);
  if (run.state !== "running" && pending.length === 0) {
    return { runId: run.runId, undone: 0, removed: [], failures: [] };
  }
  if (run.state === "running" && !options.runnerIsDead && runnerIsAlive(run)) throw stillGoing(run);
  const tier = await (options.tierByName ?? loadTier)(run.tier);
  const undoLog = openUndoLog(runDir);
  try {
    const undo = (action: (typeof pending)[number]["actions"][number]) => tier.undoFromDisk([action]);
    const failures = await undoEntries(pending, undo, undoLog, systemClock());
    const undone = pending.length - pendingUndo(runDir).length;
    if (failures.length > 0) return { runId: run.runId, undone, removed: [], failures };
    // A run that has ended took its stack down itself, or kept it because somebody asked for that.
    const removed = run.state === "running" ? await tier.removeRun(run.runId) : [];
    if (run.state === "running") markRunState(runDir, "reaped");
    return { runId: run.runId, undone, removed, failures };
  } finally {
    undoLog.close();
  }
}

/** A run that left something, and whose runner is gone. */
export interface InterruptedRun {
  readonly runDir: string;
  readonly runId: string;
  readonly tier: TierName;
  /** Applications of faults that are still to be undone. */
  readonly pending: number;
}

/** The runs in `runsDir` that need {@link cleanupRun}. Folders that hold no readable run are passed over. */
export function findInterruptedRuns(runsDir: string): InterruptedRun[] {
  if (!existsSync(runsDir)) return [];
  return readdirSync(runsDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => {
      const runDir = join(runsDir, entry.name);
      try {
        const run = readRunState(runDir);
        const pending = pendingUndo(runDir).length;
        const left = run.state === "running" ? !runnerIsAlive(run) : pending > 0;
        return left ? [{ runDir, runId: run.runId, tier: run.tier, pending }] : [];
      } catch (error) {
        if (error instanceof FiredrillError && error.code === "USAGE_RUN") return [];
        throw error;
      }
    });
}

/** Loaded late: a clean-up of a `sim` run needs no Docker client. */
async function loadTier(name: TierName): Promise<Tier> {
  const { tierByName } = await import("../tier/index.ts");
  return tierByName(name);
}

function stillGoing(run: RunState): FiredrillError {
  return new FiredrillError("USAGE_RUN", `run ${run.runId} is still going`, {
    received: `process ${run.pid} is at work`,
    expected: "a run whose process has ended",
    hint: `stop it first: press Ctrl-C where it runs, or kill -INT ${run.pid}; it cleans up by itself`,
  });
}
