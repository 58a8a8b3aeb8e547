import type { Clock } from "../time/clock.ts";
import { withDeadline } from "./deadline.ts";
import type { UndoAction } from "./undo.ts";
import type { UndoEntry, UndoLog } from "./undo-log.ts";

/** One attempt at one action; restoring a volume is the longest. */
const UNDO_LIMIT_MS = 60_000;
const RETRIES = 3;
/** Before the first retry; each later one waits this much longer. */
const RETRY_AFTER_MS = 500;
const AUDIT_LIMIT_MS = 30_000;

/**
 * Carries out all actions of the entries, in the order given, each with a deadline and retries, and goes on past those
 * that fail. Records each entry as done or failed. Returns what failed, in words.
 */
export async function undoEntries(
  entries: readonly UndoEntry[],
  undo: (action: UndoAction) => Promise<void>,
  undoLog: UndoLog,
  clock: Clock,
): Promise<string[]> {
  const failures: string[] = [];
  for (const entry of entries) {
    const before = failures.length;
    for (const action of entry.actions) {
      const failure = await undoOne(action, undo, clock);
      if (failure !== null) failures.push(`${entry.fault}: ${action.op}: ${failure}`);
    }
    try {
      undoLog.settle(entry, failures.length === before ? "done" : "failed");
    } catch (error) {
      failures.push(`${entry.fault}: ${messageOf(error)}`);
    }
  }
  return failures;
}

/** Null when it worked, else the last error. */
async function undoOne(
  action: UndoAction,
  undo: (action: UndoAction) => Promise<void>,
  clock: Clock,
): Promise<string | null> {
  for (let attempt = 0; ; attempt++) {
    try {
      await withDeadline(clock, UNDO_LIMIT_MS, `undo "${action.op}"`, undo(action));
      return null;
    } catch (error) {
      if (attempt === RETRIES) return messageOf(error);
      await clock.sleep(RETRY_AFTER_MS * (attempt + 1));
    }
  }
}

/** Looks for anything that the entries' actions should have put back. An audit that fails is not clean. */
export async function auditEntries(
  entries: readonly UndoEntry[],
  audit: (action: UndoAction) => Promise<{ readonly clean: boolean; readonly detail: string }>,
  clock: Clock,
): Promise<{ readonly clean: boolean; readonly detail: string }> {
  const findings: { clean: boolean; detail: string }[] = [];
  for (const action of entries.flatMap((entry) => entry.actions)) {
    try {
      findings.push(await withDeadline(clock, AUDIT_LIMIT_MS, `audit "${action.op}"`, audit(action)));
    } catch (error) {
      findings.push({ clean: false, detail: messageOf(error) });
    }
  }
  const bad = findings.filter(({ clean }) => !clean);
  const details = new Set((bad.length > 0 ? bad : findings).map(({ detail }) => detail));
  return { clean: bad.length === 0, detail: [...details].join("; ") };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
