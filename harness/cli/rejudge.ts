import { join, resolve } from "node:path";
import { readEvents } from "../events/read.ts";
import { FiredrillError } from "../error.ts";
import { judgeRun } from "../gate/judge-run.ts";
import { decisionBlock } from "../report/live/decision.ts";
import { writeReport } from "../report/write-report.ts";
import { exitStatusOf } from "../scenario/exit-status.ts";
import { type Command, parseFlags } from "./command.ts";
import { runFolder } from "./runs.ts";

const usage = "rejudge <run> [--json]";

/** Judges a recorded run again, from its files alone. */
export const command: Command = {
  usage,
  summary: "the verdict again, from a run's files alone",
  run: async (args) => {
    const { values, positionals } = parseFlags(usage, args, { json: { type: "boolean", default: false } });
    const folder = runFolder(positionals[0]);
    const { events, tornLine } = readEvents(join(folder, "events.jsonl"));
    if (!events.some(({ kind }) => kind === "run.planned")) {
      throw new FiredrillError("USAGE_RUN", "the recording ends before its plan: there is nothing to judge", {
        received: resolve(folder),
        expected: "an events.jsonl whose first line is run.planned",
        hint: "run the scenario again",
      });
    }
    if (tornLine !== null) {
      process.stderr.write(
        `events.jsonl was cut off in line ${tornLine}: judged is what was written before\n`,
      );
    }
    const judgement = judgeRun(events);
    writeReport(folder, { events, judgement });
    if (values.json) process.stdout.write(`${JSON.stringify(judgement, null, 2)}\n`);
    else process.stderr.write(decisionBlock({ judgement, events, reportPath: join(folder, "report.html") }));
    return exitStatusOf(judgement);
  },
};
