import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunningStack } from "../tier/tier.ts";

/** The end of a log is what explains a failure; more than this helps nobody. */
const LOG_LIMIT_CHARS = 1_000_000;

/**
 * Keeps every service's log as evidence, before the stack goes down. A log that can't be had is noted in its
 * place: missing evidence must not look like silence. Never throws: the way down must not end here.
 */
export async function keepLogs(stack: RunningStack, runDir: string, trial: number): Promise<void> {
  const folder = join(runDir, "evidence", `trial-${trial}`);
  try {
    mkdirSync(folder, { recursive: true });
    for (const service of Object.keys(stack.spec.services)) {
      const log = await stack.logs(service).catch((error: Error) => `(no log: ${error.message})\n`);
      writeFileSync(join(folder, `${service}.log`), log.slice(-LOG_LIMIT_CHARS));
    }
  } catch {
    // The disk is full: the event log, which is on the same disk, has already said so.
  }
}
