/**
 * The reaper's process: `node reaper-main.ts RUN_DIR RUN_ID TIER`. Sits still until the pipe from the runner closes;
 * unless the runner wrote "done" before, the runner was killed, and everything it left is put back and taken away.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { FiredrillError, explainError } from "../error.ts";
import { cleanupRun } from "./cleanup.ts";
import { DONE } from "./reaper.ts";
import { readRunState, runnerIsAlive } from "./run-state.ts";

/** What the runner had asked of the engine may still be under way when it dies. */
const GRACE_MS = 500;
/** The pipe may close a little before the process is gone. */
const RUNNER_GONE_LIMIT_MS = 2_000;
const LOOK_EVERY_MS = 100;
/** Between attempts. */
const RETRY_AFTER_MS = 2_000;
/** Another clean-up, or a busy engine, may be in the way of the first attempt. */
const ATTEMPTS = 3;

const [runDir = "", runId = "", tier = ""] = process.argv.slice(2);

// The hand that stops the runner must not stop the one who cleans up after it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

if (!(await runnerSaidDone())) {
  console.log(`the runner of ${runId} (${tier}) is gone; cleaning up`);
  process.exitCode = (await reap()) ? 0 : 1;
}

async function runnerSaidDone(): Promise<boolean> {
  let said = "";
  try {
    for await (const chunk of process.stdin) said = (said + String(chunk)).slice(-64);
  } catch {
    // A broken pipe ends like a closed one: the runner is gone.
  }
  return said.includes(DONE);
}

async function runnerGone(): Promise<void> {
  for (let waitedMs = 0; waitedMs < RUNNER_GONE_LIMIT_MS; waitedMs += LOOK_EVERY_MS) {
    if (!runnerIsAlive(readRunState(runDir))) break;
    await sleep(LOOK_EVERY_MS);
  }
  await sleep(GRACE_MS);
}

async function reap(): Promise<boolean> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      await runnerGone();
      const { undone, removed, failures } = await cleanupRun(runDir, { runnerIsDead: true });
      console.log(`undone: ${undone}; removed: ${removed.join(", ") || "nothing"}`);
      for (const failure of failures) console.log(`could not undo: ${failure}`);
      if (failures.length === 0) return true;
    } catch (error) {
      console.log(explainError(error));
      if (error instanceof FiredrillError && error.code === "USAGE_RUN") return false;
    }
    await sleep(RETRY_AFTER_MS);
  }
  console.log(`something is left; run: npx firedrill cleanup ${runId}`);
  return false;
}
