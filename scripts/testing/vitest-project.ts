import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { z } from "zod";

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What we read of vitest's JSON report (the format of Jest's). */
const reportSchema = z.object({
  success: z.boolean(),
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
});

/** Runs one project of vitest.config.ts, its own output on the terminal, and counts the tests. */
export async function runProject(project: string, filters: readonly string[]): Promise<Tally> {
  const folder = await mkdtemp(join(tmpdir(), "firedrill-tests-"));
  const report = join(folder, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const args = ["run", "--project", project, "--passWithNoTests", ...reporters, ...filters];
    const { exitCode } = await execa("vitest", args, { reject: false, stdio: "inherit" });
    return tally(await readFile(report, "utf8").catch(() => ""), exitCode);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Counts a report. A run that failed without a failing test (an import that throws, an unhandled rejection, a
 * crash before the report) counts as one failure: it must never look like success.
 */
export function tally(report: string, exitCode: number | undefined): Tally {
  const parsed = reportSchema.safeParse(parseJson(report));
  if (!parsed.success) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests: passed, numFailedTests, numPendingTests: skipped, success } = parsed.data;
  const failed = numFailedTests === 0 && (exitCode !== 0 || !success) ? 1 : numFailedTests;
  return { passed, failed, skipped };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
