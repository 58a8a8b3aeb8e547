import { execa } from "execa";
import { systemClock } from "../../harness/time/system-clock.ts";

/** A check of the sources that runs no test. */
export interface StaticCheck {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** What mends most of its complaints. */
  readonly fix: string;
}

/** Import directions are among oxlint's rules, see .oxlintrc.json. */
export const STATIC_CHECKS: readonly StaticCheck[] = [
  { name: "lint and import directions", command: ["oxlint"], fix: "npx oxlint --fix" },
  { name: "types", command: ["tsc", "-p", ".", "--noEmit"], fix: "npx tsc -p . --noEmit --watch" },
  { name: "unused code", command: ["knip", "--no-progress"], fix: "remove it, or name it in knip.json" },
  { name: "format", command: ["prettier", "--check", "--log-level", "warn", "."], fix: "npm run format" },
];

const DEADLINE_MS = 5 * 60_000;
const MOST_LINES = 60;

/** Runs one check and prints a line, with the tool's own words when it fails. */
export async function runStaticCheck(check: StaticCheck, say: (text: string) => void): Promise<boolean> {
  const clock = systemClock();
  const [file, ...args] = check.command;
  const result = await execa(file, args, {
    reject: false,
    all: true,
    stdin: "ignore",
    timeout: DEADLINE_MS,
    env: { FORCE_COLOR: "0" },
  });
  const took = `${(clock.nowMs() / 1000).toFixed(1)} s`;
  if (result.exitCode === 0) {
    say(`✓ ${check.name} (${took})`);
    return true;
  }
  const lines = (result.all || result.message || "no output").trim().split("\n");
  const more = lines.length > MOST_LINES ? `\n… and ${lines.length - MOST_LINES} lines more` : "";
  say(`✗ ${check.name} (${took})\n${lines.slice(0, MOST_LINES).join("\n")}${more}\n  fix: ${check.fix}`);
  return false;
}
