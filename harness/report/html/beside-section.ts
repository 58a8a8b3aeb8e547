import type { Judgement } from "../../gate/result.ts";
import type { PlanView } from "../plan-view.ts";
import { type Html, html } from "./html.ts";

/** What stands beside the verdict and never changes it: the control, and whether everything was put back. */
export function besideSection({ control, hygiene }: Judgement, { control: planned }: PlanView): Html {
  return html`<div class="columns">
    <section aria-labelledby="controls">
      <h2 id="controls">Control</h2>
      ${
        control !== null
          ? html`<p><strong>${CONTROL_WORDS[control.kind]}</strong></p>
              <p>${control.finding}</p>`
          : planned !== "none"
            ? html`<p><strong>${CONTROL_WORDS[planned]}</strong></p>
                <p class="muted">It showed nothing: see the criteria.</p>`
            : html`<p class="muted">
                This run is the rehearsal itself. Two controls show that the rehearsal can fail:
                <code>--control placebo</code> breaks nothing, and every detector must stay silent;
                <code>--control no-runbook</code> repairs nothing, and recovery must fail.
              </p>`
      }
    </section>
    <section aria-labelledby="hygiene">
      <h2 id="hygiene">Clean-up</h2>
      ${
        hygiene.clean
          ? html`<p>
              <span class="verdict pass">✓ clean</span> Everything that was broken was put back, and nothing
              was left behind.
            </p>`
          : html`<p>
                <span class="verdict fail">✗ not clean</span> This does not change the verdict, but somebody
                has to look:
              </p>
              <ul>
                ${hygiene.findings.map((finding) => html`<li>${finding}</li>`)}
              </ul>`
      }
    </section>
  </div>`;
}

const CONTROL_WORDS = {
  placebo: "Placebo: nothing was broken",
  "no-runbook": "No runbook: nobody repaired anything",
} as const;
