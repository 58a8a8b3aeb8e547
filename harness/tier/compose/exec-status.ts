import { setTimeout as sleep } from "node:timers/promises";

/** What this reads of dockerode's `Exec`. */
export interface AskedExec {
  inspect(): Promise<{ readonly Running: boolean; readonly ExitCode: number | null }>;
}

/** The engine notes the end of a command a moment after the end of its output. */
const NOTED_WITHIN_MS = 5_000;
const STEP_MS = 50;

/** With what status a command in a container ended; null: it runs on, so it was its connection that ended. */
export async function exitStatusOfExec(exec: AskedExec, withinMs = NOTED_WITHIN_MS): Promise<number | null> {
  for (let waitedMs = 0; ; waitedMs += STEP_MS) {
    const { Running, ExitCode } = await exec.inspect();
    if (!Running && ExitCode !== null) return ExitCode;
    if (waitedMs >= withinMs) return null;
    await sleep(STEP_MS);
  }
}
