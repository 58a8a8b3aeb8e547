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

/** The last line: which tiers can be used now, and what the others lack. */
export function renderConclusion(reports: readonly CheckReport[]): string {
  const broken = reports.filter(({ state }) => state === "missing" || state === "crashed");
  const needed = (...by: readonly CheckReport["neededBy"][]) =>
    broken.filter(({ neededBy }) => by.includes(neededBy)).map(({ title }) => title);
  const all = needed("every tier");
  if (all.length > 0) return `Nothing can run yet: ${all.join(", ")}.`;
  const tiers = [
    { name: "sim", lacks: [] },
    { name: "compose", lacks: needed("real tiers", "compose") },
    { name: "k3d", lacks: needed("real tiers", "k3d") },
  ];
  const ready = tiers.filter(({ lacks }) => lacks.length === 0).map(({ name }) => name);
  if (ready.length === tiers.length) return "Ready: every tier can be used.";
  const unready = tiers.filter(({ lacks }) => lacks.length > 0);
  return [
    `Ready: ${ready.join(" and ")}`,
    ...unready.map(({ name, lacks }) => `${name} needs: ${lacks.join(", ")}`),
  ].join("; ");
}
