import type { FiredrillEvent } from "../events/vocabulary.ts";
import { judgeRun } from "../gate/judge-run.ts";
import { decisionBlock } from "../report/live/decision.ts";
import { liveReporter } from "../report/live/live-reporter.ts";
import { gateJson } from "../report/gate-json.ts";
import type { RunMetadata } from "../report/input.ts";
import { writeReport } from "../report/write-report.ts";
import type { Runbook } from "../runbook/parse.ts";
import { exitStatusOf } from "./exit-status.ts";

export interface Output {
  /** Shows an event to the person who watches. */
  onEvent(event: FiredrillEvent): void;
  /** A line for the person, never for a machine. */
  say(line: string): void;
  /** Judges, writes the report, prints the decision; returns its exit status. */
  finish(events: readonly FiredrillEvent[]): number;
}

export interface OutputOptions {
  readonly json: boolean;
  readonly runDir: string;
  /** The run's folder as the person can open it from where they are. */
  readonly shownDir: string;
  readonly scenarioPath: string;
  readonly runbook: Runbook | null;
}

/** Judges the events and writes the report into the run's folder. */
export function handOver(runDir: string, events: readonly FiredrillEvent[], metadata: RunMetadata = {}) {
  const judgement = judgeRun(events);
  const input = { events, judgement, metadata };
  writeReport(runDir, input);
  return input;
}

/**
 * The one place where a run is handed over to judge and report: everything before it only records, everything
 * behind it only reads. With `json`, standard output carries gate.json and nothing else is printed.
 */
export function watchAndHandOver(options: OutputOptions): Output {
  const { stderr, env } = process;
  const color = !env["NO_COLOR"] && (stderr.isTTY === true || Boolean(env["FORCE_COLOR"]));
  const live = liveReporter({
    stream: stderr,
    isTTY: stderr.isTTY === true && env["TERM"] !== "dumb",
    ci: env["CI"] !== undefined,
    color,
    quiet: options.json,
    steps: options.runbook?.steps ?? [],
  });
  return {
    onEvent: live,
    say: (line) => {
      if (!options.json && line !== "") stderr.write(`${line}\n`);
    },
    finish: (events) => {
      live.close();
      const input = handOver(options.runDir, events, { scenarioPath: options.scenarioPath });
      const { judgement } = input;
      if (options.json) process.stdout.write(gateJson(input));
      else stderr.write(decisionBlock({ ...input, color, reportPath: `${options.shownDir}/report.html` }));
      return exitStatusOf(judgement);
    },
  };
}
