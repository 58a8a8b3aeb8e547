import type { ReportInput } from "../input.ts";
import type { RunFacts } from "../run-facts.ts";
import { oneLine } from "../plain-text.ts";
import { type Html, html } from "./html.ts";
import { headRow } from "./table.ts";

/** More than this is not an environment but a dump; gate.json has it whole. */
const MAX_PAIRS = 60;

/** Where it ran, on what, and in what it differs from the real thing. */
export function environmentSection(facts: RunFacts, metadata: ReportInput["metadata"]): Html {
  const { plan, images } = facts;
  const approximations = Object.entries(plan.approximations);
  const notes = metadata?.profileNotes ?? [];
  return html`<section aria-labelledby="environment">
    <h2 id="environment">Where it ran</h2>
    ${pairs([["tier", TIER_WORDS[plan.tier]], ...flatten(facts.environment).slice(0, MAX_PAIRS)])}
    ${
      images.length > 0 &&
      html`<h3>Images</h3>
        <table class="cards" role="table">
          ${headRow(["Image", "Used for", "Where it came from"])}
          <tbody role="rowgroup">
            ${images.map(
              ({ image, use, how, substitution }) =>
                html`<tr role="row">
                  <th role="rowheader" scope="row"><code>${image}</code></th>
                  <td role="cell" data-label="Used for">${use}</td>
                  <td role="cell">
                    ${how}${substitution !== null && html`<br /><span class="unsure-text">? ${substitution}</span>`}
                  </td>
                </tr>`,
            )}
          </tbody>
        </table>`
    }
    ${
      approximations.length > 0 &&
      html`<h3>Shown only approximately on this tier</h3>
        <ul>
          ${approximations.map(([kind, reason]) => html`<li><strong>${kind}</strong>: ${reason}</li>`)}
        </ul>`
    }
    ${
      notes.length > 0 &&
      html`<h3>The model's constants</h3>
        <ul>
          ${notes.map((note) => html`<li>${note}</li>`)}
        </ul>`
    }
  </section>`;
}

const TIER_WORDS = {
  sim: "sim: a deterministic model in virtual time",
  compose: "compose: real containers from the Compose file",
  k3d: "k3d: a real Kubernetes cluster in containers",
} as const;

export function pairs(entries: readonly (readonly [string, string])[]): Html {
  return html`<dl class="pairs">
    ${entries.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

type Json = RunFacts["environment"];

/** Nested names joined with dots: `docker.version`. */
function flatten(value: Json, name = "environment"): [string, string][] {
  if (value === null || typeof value !== "object") return [[name, oneLine(String(value))]];
  const prefix = name === "environment" ? "" : `${name}.`;
  return Object.entries(value).flatMap(([key, field]) => flatten(field as Json, `${prefix}${key}`));
}
