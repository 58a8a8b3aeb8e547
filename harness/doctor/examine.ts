import { systemClock } from "../time/system-clock.ts";
import type { Check, CheckReport, CheckResult, Examination } from "./check.ts";

/** No check needs longer on a busy machine; what hangs is reported as crashed. */
const DEADLINE_MS = 60_000;
const ANNOUNCE_AFTER_MS = 3_000;

export interface ExamineOptions {
  readonly checks: readonly Check[];
  readonly examination: Examination;
  /** Called in the order of `checks`, as soon as each is known. */
  readonly report: (report: CheckReport) => void;
  /** For "still looking at …". */
  readonly progress: (line: string) => void;
  readonly deadlineMs?: number;
  readonly announceAfterMs?: number;
}

/** Runs all checks side by side. One that throws or hangs becomes `crashed` and hides no other. */
export async function examine(options: ExamineOptions): Promise<CheckReport[]> {
  const running = options.checks.map((check) => ({ check, result: contained(check, options) }));
  const reports: CheckReport[] = [];
  for (const { check, result } of running) {
    const say = () => options.progress(`still looking at ${check.title.toLowerCase()} …`);
    const slow = setTimeout(say, options.announceAfterMs ?? ANNOUNCE_AFTER_MS);
    const { id, title, neededBy } = check;
    const report = { id, title, neededBy, ...(await result) };
    clearTimeout(slow);
    options.report(report);
    reports.push(report);
  }
  return reports;
}

async function contained(check: Check, options: ExamineOptions): Promise<CheckResult> {
  const deadlineMs = options.deadlineMs ?? DEADLINE_MS;
  const stop = new AbortController();
  const tooLong = systemClock()
    .sleep(deadlineMs, stop.signal)
    .then(() => crashed(`it did not end within ${deadlineMs / 1000} s`));
  try {
    return await Promise.race([check.run(options.examination), tooLong]);
  } catch (error) {
    return crashed(error instanceof Error ? error.message : String(error));
  } finally {
    stop.abort();
  }
}

const crashed = (why: string): CheckResult => ({
  state: "crashed",
  summary: `this check itself failed: ${why}`,
  fix: "run it again with DEBUG=firedrill; if it stays, it is a bug of ours: please report it",
});
