import { randomInt } from "node:crypto";
import { dirname, join, relative } from "node:path";
import { FiredrillError } from "../error.ts";
import { tierByName } from "../tier/index.ts";
import type { Tier } from "../tier/tier.ts";
import { scenarioPath } from "./define.ts";
import type { ScenarioDefinition } from "./definition.ts";
import { EXIT, EXIT_MEANING, exitStatusOfError } from "./exit-status.ts";
import { watchAndHandOver } from "./hand-over.ts";
import { catchInterrupts } from "./interrupt.ts";
import { makePlan, type Planned } from "./make-plan.ts";
import { parseRunOptions, RUN_FLAGS_HELP, type RunOptions } from "./options.ts";
import { describePlan } from "./describe-plan.ts";
import { nextTiers } from "./next-tiers.ts";
import { newRunId } from "./run-id.ts";
import { runPlan } from "./run.ts";
import { tellStall } from "./stall.ts";
import { linkLatest, runFolderName, runsFolder } from "./run-folder.ts";

/** A kept stack is labelled to expire after a day: `firedrill down --expired` takes it away. */
const KEEP_MS = 24 * 3_600_000;

/** Plans, runs, judges and reports one scenario; returns the exit status. */
export async function rehearse(scenario: ScenarioDefinition, argv: readonly string[]): Promise<number> {
  const options = parseRunOptions(argv, () => randomInt(2 ** 32));
  if (options.help) return printHelp(scenario);
  const tier = await tierByName(options.tier);
  const planned = await makePlan(scenario, tier, options);
  if (options.dryRun) return print(describePlan(planned, tier));
  await demandReady(tier);
  return run(scenario, options, tier, planned);
}

async function run(
  scenario: ScenarioDefinition,
  options: RunOptions,
  tier: Tier,
  planned: Planned,
): Promise<number> {
  const startedAt = new Date().toISOString();
  const runId = newRunId();
  const runDir = join(runsFolder(dirname(scenario.file)), runFolderName(startedAt, scenario.name, runId));
  const output = watchAndHandOver({
    json: options.json,
    runDir,
    shownDir: relative(process.cwd(), runDir),
    scenarioPath: scenarioPath(scenario),
    runbook: planned.runbook,
  });
  const interrupt = catchInterrupts(runId, output.say);
  const stallIsOver = tellStall(runId, output.say);
  const keepUntil = options.keep ? new Date(Date.now() + KEEP_MS).toISOString() : null;
  const { signal } = interrupt;
  const outcome = await runPlan({
    planned,
    tier,
    runId,
    runDir,
    startedAt,
    keepUntil,
    reuse: options.reuse,
    signal,
    listener: output.onEvent,
  });
  interrupt.release();
  stallIsOver();
  const decided = output.finish(outcome.events);
  linkLatest(runDir);
  if (keepUntil !== null)
    output.say(`kept until ${keepUntil}; take it down with: npx firedrill down ${runId}`);
  if (tier.name === "sim" && !options.json) output.say(await nextTiers(commandOf(scenario)));
  if (signal.aborted) return signal.reason === "SIGTERM" ? EXIT.terminated : EXIT.interrupted;
  return outcome.error === null ? decided : exitStatusOfFailedRun(outcome.error, output.say);
}

function exitStatusOfFailedRun(error: unknown, say: (line: string) => void): number {
  say(error instanceof FiredrillError && error.hint ? `do this: ${error.hint}` : "");
  return exitStatusOfError(error);
}

async function demandReady(tier: Tier): Promise<void> {
  const readiness = await tier.ready();
  if (readiness.ready) return;
  throw new FiredrillError("ENV_ENGINE", `the ${tier.name} tier is not ready: ${readiness.reason}`, {
    received: `--tier ${tier.name}`,
    expected: "a container engine that answers, and the tools that this tier works with",
    hint: `${readiness.fix}, or run on the embedded tier: --tier sim`,
  });
}

/** How this scenario was started, so that what we print can be typed again. */
function commandOf(scenario: ScenarioDefinition): string {
  if (process.env["npm_lifecycle_event"] === "start") return "npm start --";
  return `npx zx ${scenarioPath(scenario)}`;
}

function printHelp(scenario: ScenarioDefinition): number {
  const statuses = Object.entries(EXIT_MEANING).map(([name, text]) => {
    return `  ${String(EXIT[name as keyof typeof EXIT]).padEnd(4)}${text}`;
  });
  const usage = `npx zx ${scenarioPath(scenario)} [flags]`;
  return print(`${scenario.title}\n\n${usage}\n\n${RUN_FLAGS_HELP}\n\nExit status\n${statuses.join("\n")}`);
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return EXIT.go;
}
