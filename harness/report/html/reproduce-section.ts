import type { RunFacts } from "../run-facts.ts";
import { instant } from "../words.ts";
import { pairs } from "./environment-section.ts";
import { type Html, html } from "./html.ts";

/** The line that runs the same again, and the digests that tell whether it is the same. */
export function reproduceSection(facts: RunFacts): Html {
  const { plan, runId, planDigest, startedAt, replay } = facts;
  const digests: [string, string][] = [
    ["run", runId],
    ["started", instant(startedAt)],
    ["seed", String(plan.seed)],
    ["plan digest", planDigest],
    ["stack digest", plan.stackDigest],
  ];
  if (plan.runbookDigest !== null) digests.push(["runbook digest", plan.runbookDigest]);
  return html`<section aria-labelledby="reproduce">
    <h2 id="reproduce">Reproduce it</h2>
    <pre><code>${replay}</code></pre>
    <h3>Identity</h3>
    ${pairs(digests)}
    <h3>Files of this run</h3>
    <p class="small">
      Beside this page lie <a href="gate.json">gate.json</a> (the verdict as data),
      <a href="events.jsonl">events.jsonl</a> (all that was observed), <a href="summary.md">summary.md</a> and
      <a href="junit.xml">junit.xml</a>. <code>sha256sum -c MANIFEST.sha256</code> tells whether any of them
      was changed; <code>npx firedrill rejudge</code> judges the run again from its files alone.
    </p>
  </section>`;
}
