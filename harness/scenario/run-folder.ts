import { existsSync, rmSync, symlinkSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/**
 * Where runs are kept: FIREDRILL_RUNS_DIR, else `reports/runs` beside the package.json nearest to `start`,
 * else `reports/runs` in `start`.
 */
export function runsFolder(start: string): string {
  const override = process.env["FIREDRILL_RUNS_DIR"];
  if (override) return resolve(override);
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return join(folder, "reports", "runs");
    if (folder === dirname(folder)) return join(resolve(start), "reports", "runs");
  }
}

/** `20261121T123456-failover-k3f9a2`: sorts by time, reads as what it is. */
export function runFolderName(startedAt: string, scenario: string, runId: string): string {
  return `${startedAt.replace(/[-:]/g, "").slice(0, 15)}-${scenario}-${runId}`;
}

/** Points `latest` at this run, where the file system has symbolic links. */
export function linkLatest(runDir: string): void {
  const link = join(dirname(runDir), "latest");
  try {
    rmSync(link, { force: true });
    symlinkSync(basename(runDir), link);
  } catch {
    // A convenience only: some file systems have no links.
  }
}
