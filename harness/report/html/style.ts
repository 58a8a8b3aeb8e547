import { CHART_STYLE } from "./chart-style.ts";
import { cssVariables, DARK, LIGHT } from "./palette.ts";

/** Below this width of the page, tables become cards and the chart its narrow drawing. */
const NARROW_PX = 720;

/** The whole style sheet: system fonts, one column, light and dark, paper and phone. Nothing is fetched. */
export const STYLE = `
:root{color-scheme:light dark;${cssVariables(LIGHT)}
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
--mono:ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"Liberation Mono","DejaVu Sans Mono",monospace}
@media screen and (prefers-color-scheme:dark){:root{${cssVariables(DARK)}}}
*,*::before,*::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 var(--sans);overflow-wrap:break-word}
main,header.top,footer{max-width:1088px;margin:0 auto;padding:0 24px}
header.top{padding-top:40px}
h1,h2,h3,p,dl,ul,table,figure,pre{margin:0}
h1{font-size:1.75rem;line-height:1.25;font-weight:650;letter-spacing:-.012em;text-wrap:balance}
h2{font-size:1.25rem;line-height:1.3;font-weight:650;letter-spacing:-.006em;margin-bottom:16px}
h3{font-size:1rem;font-weight:650;margin:24px 0 8px}
section{margin-top:56px}
.kicker,.muted,figcaption,caption{color:var(--muted)}
.kicker{font-size:.875rem;margin-bottom:8px}
.small{font-size:.875rem}
.lead{max-width:44rem;color:var(--muted);margin-bottom:16px}
a{color:var(--link);text-underline-offset:2px}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
code,pre,.mono{font-family:var(--mono);font-size:.8125rem}
code{overflow-wrap:anywhere}
pre{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:12px 14px;overflow-x:auto;line-height:1.5;white-space:pre-wrap;overflow-wrap:anywhere}
ul{padding-left:20px}
li+li{margin-top:4px}

.decision{margin-top:28px;padding:24px 28px;border:1px solid var(--tone);border-left-width:6px;border-radius:8px;background:var(--tint)}
.decision .word{display:flex;align-items:baseline;gap:12px;font-size:2.25rem;line-height:1.1;font-weight:700;letter-spacing:-.02em;color:var(--tone)}
.decision .reason{margin-top:12px;font-size:1.125rem;max-width:52rem}
.decision .means{margin-top:4px;color:var(--muted);font-size:.9375rem}
.decision h2{font-size:.9375rem;margin:18px 0 4px}
.decision .next{margin-top:18px;padding-top:16px;border-top:1px solid var(--line)}
.decision pre{margin-top:8px;background:var(--paper)}
.go,.pass{--tone:var(--good);--tint:var(--good-tint)}
.no-go,.fail{--tone:var(--bad);--tint:var(--bad-tint)}
.hold,.inconclusive{--tone:var(--unsure);--tint:var(--unsure-tint)}
.verdict{color:var(--tone);font-weight:600;white-space:nowrap}
.good-text{--tone:var(--good);color:var(--good)}.bad-text{color:var(--bad)}.unsure-text{color:var(--unsure)}

dl.facts{display:flex;flex-wrap:wrap;gap:12px 36px;margin-top:24px}
dl.facts dt{font-size:.8125rem;color:var(--muted)}
dl.facts dd{margin:0;font-weight:550}
dl.pairs{display:grid;grid-template-columns:minmax(9rem,max-content) minmax(0,1fr);gap:6px 24px;font-size:.9375rem}
dl.pairs dt{color:var(--muted)}
dl.pairs dd{margin:0;overflow-wrap:anywhere}

table{width:100%;border-collapse:collapse;font-size:.9375rem}
caption{text-align:left;font-size:.875rem;padding-bottom:8px}
th,td{text-align:left;vertical-align:top;padding:11px 20px 11px 0;border-bottom:1px solid var(--line)}
th:last-child,td:last-child{padding-right:0}
thead th{font-size:.8125rem;font-weight:600;color:var(--muted);padding-top:0;padding-bottom:8px}
tbody th{font-weight:600}
td .demand{color:var(--muted);font-size:.875rem;font-weight:400}
th .demand{display:block;color:var(--muted);font-size:.875rem;font-weight:400}
.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
details{margin-top:8px}
summary{cursor:pointer;color:var(--link);font-size:.875rem;width:fit-content;padding:2px 0}
details>*+*{margin-top:8px}

ol.steps{list-style:none;margin:0;padding:0}
ol.steps>li{padding:16px 0;border-top:1px solid var(--line);margin:0}
ol.steps>li:last-child{border-bottom:1px solid var(--line)}
.stephead{display:flex;flex-wrap:wrap;gap:4px 16px;align-items:baseline;justify-content:space-between}
.stephead .what{font-weight:600}
.stephead .when{color:var(--muted);font-size:.875rem;font-variant-numeric:tabular-nums}
ul.checks{list-style:none;padding:0;margin-top:6px;font-size:.9375rem}

.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:32px 48px}
.columns section{margin-top:56px}
.story td{padding-top:6px;padding-bottom:6px;font-size:.875rem}
footer{margin-top:64px;padding-top:20px;padding-bottom:48px;color:var(--muted);font-size:.875rem}
footer p{border-top:1px solid var(--line);padding-top:20px}
${CHART_STYLE}
@media screen and (max-width:${NARROW_PX}px){
body{font-size:15px}
main,header.top,footer{padding-left:16px;padding-right:16px}
header.top{padding-top:24px}
h1{font-size:1.375rem}
section,.columns section{margin-top:40px}
.columns{gap:0}
.decision{padding:18px 18px;margin-top:20px}
.decision .word{font-size:1.875rem}
.decision .reason{font-size:1.0625rem}
dl.facts{gap:12px 28px}
dl.pairs{grid-template-columns:minmax(0,1fr);gap:0}
dl.pairs dd{margin-bottom:8px}
table.cards,table.cards tbody,table.cards tr,table.cards th,table.cards td{display:block;width:100%}
table.cards thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
table.cards tr{padding:12px 0;border-bottom:1px solid var(--line)}
table.cards th,table.cards td{border:0;padding:2px 0;text-align:left}
table.cards td[data-label]::before{content:attr(data-label) ": ";color:var(--muted);font-size:.875rem}
svg.chart.wide{display:none}svg.chart.narrow{display:block}
}
@media print{
@page{margin:14mm}
body{font-size:10.5pt}
main,header.top,footer{max-width:none;padding-left:0;padding-right:0}
header.top{padding-top:0}
section{margin-top:24pt}
h2,h3{break-after:avoid}
tr,li,figure,.decision{break-inside:avoid}
pre{max-height:none}
details::details-content{content-visibility:visible;block-size:auto}
summary{color:var(--ink)}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`;
