import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import type { TierName } from "../tier/tier.ts";

/** The word that tells the reaper that there is nothing to do. */
export const DONE = "done";
/** A reaper that was dismissed ends within milliseconds; nobody waits longer than this for it. */
const DISMISS_LIMIT_MS = 2_000;

export interface Reaper {
  readonly pid: number;
  /** The run has ended in order: the reaper goes without doing anything. */
  dismiss(): Promise<void>;
}

/**
 * Starts a process that outlives this one. It learns of this one's death, however that came about, because the kernel
 * then closes the pipe between them; it needs no process number, and Ctrl-C in the terminal does not reach it. What it
 * does then is in `reaper-main.ts`, and what came of it in `reaper.log` in the run's folder.
 */
export function startReaper(runDir: string, runId: string, tier: TierName): Reaper {
  const log = openSync(join(runDir, "reaper.log"), "a");
  const main = join(
    import.meta.dirname,
    `reaper-main${import.meta.filename.endsWith(".ts") ? ".ts" : ".js"}`,
  );
  const child = spawn(process.execPath, [main, runDir, runId, tier], {
    // `detached` gives it a session of its own, out of reach of signals to this one's group.
    detached: true,
    stdio: ["pipe", log, log],
  });
  closeSync(log);
  // Neither the process nor the pipe may keep the runner from ending.
  child.unref();
  const pipe = child.stdin as typeof child.stdin & { unref?(): void };
  pipe.unref?.();
  // A reaper that died early is no reason to fail a run; `firedrill cleanup` does its work.
  pipe.on("error", () => undefined);
  child.on("error", () => undefined);
  return {
    pid: child.pid ?? 0,
    dismiss: () =>
      new Promise((resolve) => {
        if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return resolve();
        child.ref();
        const timer = setTimeout(resolve, DISMISS_LIMIT_MS);
        child.once("exit", () => {
          clearTimeout(timer);
          resolve();
        });
        pipe.end(`${DONE}\n`);
      }),
  };
}
