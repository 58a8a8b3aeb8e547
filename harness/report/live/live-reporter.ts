import { createColors } from "picocolors";
import type { FiredrillEvent } from "../../events/vocabulary.ts";
import { readPlan } from "../plan-view.ts";
import { oneLine } from "../plain-text.ts";
import type { KnownSteps } from "../story/runbook-story.ts";
import { storyteller } from "../story/storyteller.ts";
import { count, grouped } from "../words.ts";
import { elapsed, fit, layoutLine } from "./layout.ts";
import { newStatus } from "./status.ts";

/** A silent job is killed by some CI services; after at most this long without a line, one says how things stand. */
export const HEARTBEAT_MS = 30_000;
/** How often silence is looked for; a heartbeat comes up to this much before it is due. */
const LOOK_MS = 3_000;
/** A status line is painted over at most this often. */
const REPAINT_MS = 100;

export interface LiveOptions {
  /** Standard error: standard output belongs to machines. */
  readonly stream: { write(text: string): unknown; readonly columns?: number };
  readonly isTTY: boolean;
  /** In CI nothing is painted over, even where there is a terminal. */
  readonly ci: boolean;
  readonly color: boolean;
  /** Says nothing at all; for `--json`. Default false. */
  readonly quiet?: boolean;
  /** The runbook's steps, so that a line can say what is next. */
  readonly steps?: KnownSteps;
  /** Real milliseconds; only for the pace of painting, never for what is said. Default: the process's clock. */
  readonly nowMs?: () => number;
  /** Calls `tick` every `ms` until the returned function is called. Default: a timer that keeps no process alive. */
  readonly every?: (ms: number, tick: () => void) => () => void;
}

/**
 * Shows a run to a person while it happens: one line per change of state with the trial's own time. On a
 * terminal a status line stands below them; elsewhere a line comes after 30 s of silence.
 * It ends by itself with `run.ended`; `close` ends it earlier.
 */
export function liveReporter(options: LiveOptions): ((event: FiredrillEvent) => void) & { close(): void } {
  const { stream } = options;
  if (options.quiet) return Object.assign(() => {}, { close: () => {} });
  const repaints = options.isTTY && !options.ci;
  const nowMs = options.nowMs ?? (() => performance.now());
  const colors = createColors(options.color);
  const tell = storyteller(options.steps);
  const status = newStatus();
  let lastLineMs = nowMs();
  let lastPaintMs = -Infinity;
  let painted = false;
  let trials = 1;
  let trial = 0;

  const erase = (): void => {
    if (painted) stream.write("\r\u001b[2K");
    painted = false;
  };
  const print = (line: string): void => {
    erase();
    stream.write(`${line}\n`);
    lastLineMs = nowMs();
  };
  const paint = (): void => {
    if (nowMs() - lastPaintMs < REPAINT_MS) return;
    erase();
    const line = `${elapsed(status.nowMs())}  … ${status.text()}`;
    stream.write(colors.dim(fit(line, (stream.columns ?? 80) - 1)));
    painted = true;
    lastPaintMs = nowMs();
  };
  const heartbeat = (): void => {
    const silentMs = nowMs() - lastLineMs;
    if (!repaints && silentMs > HEARTBEAT_MS - LOOK_MS)
      print(`${elapsed(status.nowMs())}  … still ${status.text()}`);
  };
  const stop = (options.every ?? unrefEvery)(LOOK_MS, heartbeat);
  const close = (): void => {
    stop();
    erase();
  };

  const onEvent = (event: FiredrillEvent): void => {
    if (event.kind === "run.planned") {
      const plan = readPlan(event.plan);
      trials = plan.trials;
      print(`${colors.bold(oneLine(plan.scenario.title))}\n${colors.dim(headline(event.runId, plan))}\n`);
    }
    if (event.trial !== trial && event.trial !== 0) {
      trial = event.trial;
      if (trials > 1) print(`\n${colors.bold(`trial ${grouped(trial)} of ${grouped(trials)}`)}`);
    }
    status.see(event);
    const line = tell(event);
    if (line !== null) print(layoutLine(line, colors));
    if (event.kind === "run.ended") close();
    else if (repaints) paint();
  };
  return Object.assign(onEvent, { close });
}

function headline(runId: string, plan: ReturnType<typeof readPlan>): string {
  const control = plan.control === "none" ? "" : ` · control: ${plan.control}`;
  return `${plan.scenario.name} on ${plan.tier} · seed ${plan.seed} · ${count(plan.trials, "trial")}${control} · run ${runId}`;
}

function unrefEvery(ms: number, tick: () => void): () => void {
  const timer = setInterval(tick, ms);
  timer.unref();
  return () => clearInterval(timer);
}
