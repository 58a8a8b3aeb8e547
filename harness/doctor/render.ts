import pc from "picocolors";
import type { CheckReport, CheckState } from "./check.ts";

/** Sign and word: colour alone never carries the meaning. */
const MARK: Readonly<Record<CheckState, { sign: string; word: string; paint: (text: string) => string }>> = {
  ok: { sign: "✓", word: "", paint: pc.green },
  partial: { sign: "!", word: "partial: ", paint: pc.yellow },
  missing: { sign: "✗", word: "missing: ", paint: pc.red },
  "not-applicable": { sign: "-", word: "not applicable: ", paint: pc.dim },
  crashed: { sign: "☠", word: "crashed: ", paint: pc.magenta },
};

/** One check as a person reads it; details only where something is not as it should be. */
export function renderReport(report: CheckReport): string {
  const { sign, word, paint } = MARK[report.state];
  const lines = [`${paint(`[${sign}]`)} ${pc.bold(report.title.padEnd(26))} ${word}${report.summary}`];
  if (report.state !== "ok") lines.push(...(report.details ?? []).map((detail) => pc.dim(`      ${detail}`)));
  if (report.fix !== undefined) lines.push(`      fix: ${report.fix}`);
  return lines.join("\n");
}

/** The last line: what can be used now. */
export function renderConclusion(reports: readonly CheckReport[]): string {
  const broken = (neededBy: CheckReport["neededBy"]) =>
    reports.filter(
      (one) => one.neededBy === neededBy && (one.state === "missing" || one.state === "crashed"),
    );
  const all = broken("every tier");
  if (all.length > 0) return `Nothing can run yet: ${titles(all)}.`;
  const real = broken("real tiers");
  if (real.length === 0) return "Ready: every tier can be used.";
  return `The simulated tier is ready. Real containers need: ${titles(real)}.`;
}

const titles = (reports: readonly CheckReport[]): string => reports.map(({ title }) => title).join(", ");
