import { formatDuration } from "../../time/duration.ts";
import { excerpt } from "../plain-text.ts";
import type { RunbookView, StepView } from "../runbook-view.ts";
import type { TrialView } from "../trial-view.ts";
import { grouped, numberedTitle } from "../words.ts";
import { type Html, html } from "./html.ts";

/** Trials whose steps are listed; the chart and events.jsonl have the others. */
const MAX_TRIALS = 10;

/** The operator's work: each step with its time, its outcome, what it was expected to do and what it printed. */
export function runbookSection(views: readonly TrialView[]): Html {
  const told = views.filter(({ runbook }) => runbook !== null);
  return html`<section aria-labelledby="runbook">
    <h2 id="runbook">Runbook</h2>
    ${told.length === 0 && html`<p class="muted">No runbook was used in this run.</p>`}
    ${told.slice(0, MAX_TRIALS).map((view) => trialSteps(view, views.length > 1))}
    ${told.length > MAX_TRIALS && html`<p class="muted small">Listed are the first ${MAX_TRIALS} of ${told.length} trials.</p>`}
  </section>`;
}

function trialSteps({ trial, runbook, zero }: TrialView, several: boolean): Html | null {
  if (runbook === null) return null;
  return html`${several && html`<h3>Trial ${trial}</h3>`}
    <p class="lead">${summary(runbook, zero.atMs)}</p>
    <ol class="steps">
      ${runbook.steps.map((step, index) => stepItem(step, index, zero.atMs))}
    </ol>`;
}

function summary({ id, because, startedMs, outcome, detail }: RunbookView, zeroMs: number): string {
  if (startedMs === null) return `${id} never began: ${detail}.`;
  const began = `${id} began ${formatDuration(Math.max(0, startedMs - zeroMs))} after the fault${because ? `: ${because}` : ""}.`;
  const ended = {
    done: "Every step was done",
    failed: "It failed",
    "not-started": "It never began",
    "cut-off": "It was cut off",
  };
  return `${began} ${ended[outcome]}${outcome === "done" || detail === "" ? "" : `: ${detail}`}.`;
}

function stepItem(
  { title, startedMs, endedMs, waitedUntilMs, outcome, good, exitCode, expectations, output }: StepView,
  index: number,
  zeroMs: number,
): Html {
  const took =
    endedMs === null ? "" : ` ${outcome === "done" ? "in" : "after"} ${formatDuration(endedMs - startedMs)}`;
  const status = outcome === "done" || exitCode === null ? "" : `, exit status ${exitCode}`;
  const waited =
    endedMs === null || waitedUntilMs === null
      ? ""
      : `, then ${formatDuration(waitedUntilMs - endedMs)} of waiting`;
  const at = `at ${((startedMs - zeroMs) / 1_000).toFixed(1).replace("-", "\u2212")} s`;
  return html`<li>
    <div class="stephead">
      <span class="what">${numberedTitle(title, index)}</span>
      <span class="when"
        >${at} ·
        <span class="verdict ${good ? "pass" : "fail"}"
          >${good ? "✓" : "✗"} ${OUTCOME_WORDS[outcome]}${took}${status}${waited}</span
        ></span
      >
    </div>
    ${
      expectations.length > 0 &&
      html`<ul class="checks">
        ${expectations.map(({ expectation, met, detail }) => html`<li><span class="verdict ${met ? "pass" : "fail"}">${met ? "✓ met" : "✗ not met"}</span> ${expectation}${detail !== "" && html` <span class="muted">(${detail})</span>`}</li>`)}
      </ul>`
    }
    ${outputDetails(output, !good)}
  </li>`;
}

const OUTCOME_WORDS = {
  done: "done",
  failed: "failed",
  timeout: "out of time",
  interrupted: "interrupted",
  "cut-off": "cut off",
} as const;

/** Folded unless the step went wrong: then its output is what a reader looks for. */
function outputDetails(output: string, open: boolean): Html {
  const { text, linesLeftOut } = excerpt(output);
  if (text === "") return html`<p class="muted small">It printed nothing.</p>`;
  const before = linesLeftOut > 0 ? `… ${grouped(linesLeftOut)} earlier lines are in events.jsonl\n` : "";
  const body = html`<summary>Output</summary>
    <pre><code>${before}${text}</code></pre>`;
  return open ? html`<details open>${body}</details>` : html`<details>${body}</details>`;
}
