import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readRunState, runnerIsAlive } from "../fault/run-state.ts";
import { EXIT } from "../scenario/exit-status.ts";
import { runsFolder } from "../scenario/run-folder.ts";
import { type Command, parseFlags } from "./command.ts";
import { allStanding } from "./standing.ts";

const usage = "ls";
const LISTED_MAX = 30;

/** The recorded runs, newest last, and whatever of any run still stands. */
export const command: Command = {
  usage,
  summary: "recorded runs and stacks that still stand",
  run: async (args) => {
    parseFlags(usage, args, {});
    const folder = runsFolder(process.cwd());
    const names = existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => name !== "latest")
          .toSorted()
      : [];
    const lines = names.slice(-LISTED_MAX).map((name) => `${name.padEnd(48)} ${stateOf(join(folder, name))}`);
    if (names.length > LISTED_MAX) lines.unshift(`(${names.length - LISTED_MAX} older ones in ${folder})`);
    const standing = (await allStanding()).map(({ runId, tier, objects, expires }) => {
      return `${runId}: ${objects} objects on ${tier}${expires === null ? "" : `, kept until ${expires}`}`;
    });
    const sections = [lines.length > 0 ? lines.join("\n") : `no runs in ${folder}`];
    if (standing.length > 0)
      sections.push(`still standing (npx firedrill down <run>):\n${standing.join("\n")}`);
    process.stdout.write(`${sections.join("\n\n")}\n`);
    return EXIT.go;
  },
};

/** The decision, or why there is none. */
function stateOf(runDir: string): string {
  const gate = join(runDir, "gate.json");
  if (existsSync(gate))
    return (JSON.parse(readFileSync(gate, "utf8")) as { decision: string }).decision.toUpperCase();
  try {
    const run = readRunState(runDir);
    if (run.state === "running") return runnerIsAlive(run) ? "running" : "interrupted: npx firedrill cleanup";
    return run.state === "reaped" ? "interrupted, cleaned up" : "ended without a report";
  } catch {
    return "no run in this folder";
  }
}
