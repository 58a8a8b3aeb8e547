/** How the signature chart looks: in the page's own colours, so that it follows light and dark. */
export const CHART_STYLE = `
figure.timeline{margin-top:8px}
figure.timeline+figure.timeline,figure.timeline+details{margin-top:40px}
figcaption{font-size:.875rem;margin-bottom:12px}
figcaption strong{color:var(--ink)}
.legend{display:flex;flex-wrap:wrap;gap:4px 20px;list-style:none;padding:0;margin:0 0 16px;font-size:.8125rem;color:var(--muted)}
.legend li{display:flex;align-items:center;gap:6px;margin:0}
.legend svg{flex:none}
svg.chart{display:block;width:100%;height:auto;overflow:visible;font-family:var(--sans)}
svg.chart.narrow{display:none}
.chart text,.legend text{fill:var(--ink)}
.chart .name{font-size:12px;font-weight:600}
.chart .label{font-size:11px;font-weight:400;font-variant-numeric:tabular-nums}
.chart text.muted,.chart tspan.muted{fill:var(--muted)}
.chart .grid,.chart .zero,.chart .recorded,.chart .ticks,.chart .bracket,.chart .deadline{fill:none}
.chart .grid{stroke:var(--line);stroke-width:1;shape-rendering:crispEdges}
.chart .zero{stroke:var(--fault);stroke-width:1.5}
.chart .recorded{stroke:var(--muted);stroke-dasharray:1 4;stroke-width:1.5}
.chart .ticks{stroke:var(--muted);stroke-opacity:.65}
.window{fill:var(--fault);fill-opacity:.09}
.fault{fill:var(--fault)}
.good{fill:var(--good)}
.bad{fill:var(--bad)}
.unsure{fill:var(--paper);stroke:var(--unsure);stroke-width:1.4;stroke-dasharray:3 2}
.hatch{fill:var(--paper);fill-opacity:.55}
.plate{fill:var(--paper)}
.tail{fill:none;stroke:var(--step);stroke-width:2;stroke-dasharray:2 2}
.step.done{fill:var(--step)}
.step.failed{fill:var(--bad)}
.bars{fill:var(--good);fill-opacity:.6}
.op{fill:none;stroke-width:1.4}
.op.ok{stroke:var(--good);stroke-width:3.4;stroke-linecap:round;stroke-opacity:.75}
.op.fail{stroke:var(--bad)}
.op.info{stroke:var(--unsure);fill:var(--paper)}
.row .bracket{stroke:var(--tone);stroke-width:2}
.row .deadline{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:3 2}
.row text.label:first-of-type{fill:var(--tone);font-weight:600}
`;
