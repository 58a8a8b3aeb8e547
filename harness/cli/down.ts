import { FiredrillError } from "../error.ts";
import { readRunState, runnerIsAlive } from "../fault/run-state.ts";
import { EXIT } from "../scenario/exit-status.ts";
import { suggest } from "../suggest.ts";
import { tierByName } from "../tier/index.ts";
import { type Command, parseFlags } from "./command.ts";
import { findRunFolder } from "./runs.ts";
import { allStanding } from "./standing.ts";

const usage = "down <run> | --expired";

/** Takes kept or left-over stacks down, by label alone. */
export const command: Command = {
  usage,
  summary: "take a kept stack down; --expired takes all whose time is over",
  run: async (args) => {
    const { values, positionals } = parseFlags(usage, args, { expired: { type: "boolean", default: false } });
    const standing = await allStanding();
    const now = new Date().toISOString();
    const chosen = standing.filter(({ runId, expires }) => {
      return values.expired ? expires !== null && expires < now : positionals.includes(runId);
    });
    if (!values.expired)
      demandFound(
        positionals,
        standing.map(({ runId }) => runId),
      );
    for (const { runId, tier } of chosen) {
      refuseIfGoing(runId);
      const removed = await (await tierByName(tier)).removeRun(runId);
      process.stdout.write(
        `${runId}: removed ${removed.length} objects\n${removed.map((it) => `  ${it}\n`).join("")}`,
      );
    }
    if (chosen.length === 0) process.stdout.write("nothing has expired\n");
    return EXIT.go;
  },
};

/** Where the run's folder is at hand it tells whether somebody is still using the stack. */
function refuseIfGoing(runId: string): void {
  const folder = findRunFolder(runId);
  if (folder === null) return;
  const run = readRunState(folder);
  if (run.state !== "running" || !runnerIsAlive(run)) return;
  throw new FiredrillError("USAGE_RUN", `run ${runId} is still going`, {
    received: `process ${run.pid} is at work`,
    expected: "a run whose process has ended",
    hint: `press Ctrl-C where it runs, or kill -INT ${run.pid}; it takes its stack down by itself`,
  });
}

function demandFound(wanted: readonly string[], known: readonly string[]): void {
  const missing = wanted.length === 0 ? "nothing" : wanted.find((it) => !known.includes(it));
  if (missing === undefined) return;
  throw new FiredrillError("USAGE_RUN", "no stack of that run stands", {
    received: missing,
    expected: known.length > 0 ? `one of ${known.join(", ")}` : "a run that has a stack up; none has",
    ...(known.length > 0 ? { hint: suggest(missing, known) } : {}),
  });
}
