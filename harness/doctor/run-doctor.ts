import { FiredrillError } from "../error.ts";
import { EXIT } from "../scenario/exit-status.ts";
import { runsFolder } from "../scenario/run-folder.ts";
import { findEngine } from "../tier/compose/engine.ts";
import type { CheckReport } from "./check.ts";
import { CHECKS } from "./checks/index.ts";
import { examine } from "./examine.ts";
import { fix } from "./fix/fix.ts";
import { renderConclusion, renderReport } from "./render.ts";

export interface DoctorOptions {
  /** Install and start what is missing, then look again. */
  readonly fix: boolean;
  /** Do not ask before changing the machine. */
  readonly yes: boolean;
  /** Results as JSON; progress still goes to standard error. */
  readonly json: boolean;
  /** Where lines go; standard output and standard error unless a test listens. */
  readonly out?: DoctorOutput;
}

export interface DoctorOutput {
  readonly line: (text: string) => void;
  readonly progress: (text: string) => void;
}

const TERMINAL: DoctorOutput = {
  line: (text) => void process.stdout.write(`${text}\n`),
  progress: (text) => void process.stderr.write(`${text}\n`),
};

/**
 * Looks at this machine, with `fix` after repairing it. Returns the exit status: 0 when every tier can be used,
 * 69 when something is missing that a tier needs; the conclusion says which tier.
 */
export async function runDoctor(options: DoctorOptions): Promise<number> {
  const out = options.out ?? TERMINAL;
  if (options.fix) await interruptible((signal) => fix({ yes: options.yes, signal, progress: out.progress }));
  const reports = await examine({
    checks: CHECKS,
    examination: { engine: findEngine(), runsDir: runsFolder(process.cwd()) },
    report: (report) => (options.json ? undefined : out.line(renderReport(report))),
    progress: out.progress,
  });
  const status = exitStatusOf(reports);
  if (options.json) out.line(JSON.stringify({ ready: status === EXIT.go, checks: reports }, null, 2));
  else out.line(`\n${renderConclusion(reports)}`);
  return status;
}

/** Ctrl-C and SIGTERM stop a repair where it is; what is half-built starts again where it stopped. */
async function interruptible(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const interrupt = () => stop.abort(new FiredrillError("RUN_INTERRUPTED", "the repair was interrupted"));
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    await work(stop.signal);
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

function exitStatusOf(reports: readonly CheckReport[]): number {
  const unusable = ({ state, neededBy }: CheckReport) =>
    neededBy !== "nothing" && (state === "missing" || state === "crashed");
  return reports.some(unusable) ? EXIT.unavailable : EXIT.go;
}
