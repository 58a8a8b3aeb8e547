import { delimiter, join } from "node:path";
import { tierByName, TIER_NAMES } from "../harness/tier/index.ts";
import type { Readiness } from "../harness/tier/tier.ts";
import { clientsReady } from "./testing/clients-ready.ts";
import { runStaticCheck, STATIC_CHECKS } from "./testing/static-checks.ts";
import { runProject } from "./testing/vitest-project.ts";
import type { Tally } from "./testing/vitest-project.ts";

/**
 * `npm test [-- filter …] [--no-skips] [--all]`: static checks and unit tests always, then the tests of real clients
 * and the real tiers, as far as they are ready. With filters only the tests that match. Where CI is set, or with
 * --no-skips, what can't run is a failure.
 * With --all also what takes hours: every scenario on every tier (`*.nightly.*.test.ts`).
 */
const root = join(import.meta.dirname, "..");
process.chdir(root);
// Tools are started by name, and their `env node` must be the project's own.
process.env["PATH"] = `${join(root, "node_modules", ".bin")}${delimiter}${process.env["PATH"] ?? ""}`;

const args = process.argv.slice(2);
const noSkips = args.includes("--no-skips") || ["true", "1"].includes(process.env["CI"] ?? "");
const all = args.includes("--all");
if (all) process.env["FIREDRILL_TESTS"] = "all";
const filters = args.filter((arg) => arg !== "--no-skips" && arg !== "--all");
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const tallies: Tally[] = [];
const count = (ok: boolean): void =>
  void tallies.push({ passed: Number(ok), failed: Number(!ok), skipped: 0 });

if (filters.length === 0) {
  for (const check of STATIC_CHECKS) count(await runStaticCheck(check, say));
}
tallies.push(await runProject("unit", filters));
const notes: string[] = all ? [] : ["the nightly tests were left out: npm run test:all runs them too"];
await runIfReady("clients", "the tests of real clients", await clientsReady());
for (const name of TIER_NAMES)
  if (name !== "sim") await runIfReady(name, `tier ${name}`, await (await tierByName(name)).ready());

const skipped = tallies.reduce((sum, each) => sum + each.skipped, 0);
if (skipped > 0 && filters.length === 0) {
  notes.push(
    `${skipped} tests skipped, each with its reason above${noSkips ? "; here that is a failure" : ""}`,
  );
  if (noSkips) count(false);
}
const passed = tallies.reduce((sum, each) => sum + each.passed, 0);
const failed = tallies.reduce((sum, each) => sum + each.failed, 0);
for (const note of notes) say(note);
say(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

async function runIfReady(project: string, what: string, readiness: Readiness): Promise<void> {
  if (readiness.ready) {
    tallies.push(await runProject(project, filters));
    return;
  }
  notes.push(`${what} skipped: ${readiness.reason} (${readiness.fix})`);
  if (noSkips) {
    notes.push(`… which counts as a failure here, because skips are forbidden`);
    count(false);
  }
}
