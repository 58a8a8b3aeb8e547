import { type Html, html, trusted } from "./html.ts";

const UNSURE = [
  "unknown, starting or ending",
  '<rect class="unsure" x="1" y="3" width="22" height="10"/>',
] as const;

/** What the marks of the chart mean; each differs in shape as well as in colour. */
export function legend(withCluster: boolean): Html {
  const hatch =
    '<defs><pattern id="legend-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch" width="2" height="6"/></pattern></defs>';
  const entries = [
    [
      withCluster ? "probe good, node or pod ready" : "probe good",
      '<rect class="good" y="5" width="24" height="6"/>',
    ],
    [
      withCluster ? "bad, not ready" : "probe bad",
      `${hatch}<rect class="bad" width="24" height="16"/><rect fill="url(#legend-hatch)" width="24" height="16"/>`,
    ],
    ...(withCluster ? [UNSURE] : []),
    ["fault in effect", '<rect class="window" width="24" height="16"/><path class="zero" d="M1 0v16"/>'],
    ["acknowledged", '<path class="op ok" d="M5 10h0M12 7h0M19 9h0"/>'],
    ["refused", '<path class="op fail" d="M9 5l6 6m0 -6l-6 6"/>'],
    ["outcome unknown", '<path class="op info" d="M12 4l4 4l-4 4l-4 -4z"/>'],
    ["runbook step", '<rect class="step done" y="2" width="24" height="12" rx="2"/>'],
    ["measured", '<path class="bracket" d="M1 3v10M1 8h22m0 -5v10"/>'],
    ["limit", '<path class="deadline" d="M12 0v16"/>'],
  ] as const;
  const items = entries.map(([words, shape]) => {
    const picture = trusted(
      `<svg class="key row pass" width="24" height="16" viewBox="0 0 24 16" aria-hidden="true">${shape}</svg>`,
    );
    return html`<li>${picture}${words}</li>`;
  });
  return html`<ul class="legend" aria-label="Legend">
    ${items}
  </ul>`;
}
