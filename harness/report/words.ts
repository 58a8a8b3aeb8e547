import type { Decision, InconclusiveReason, Verdict } from "../gate/result.ts";

/** A mark and a word for each outcome: colour alone never carries a meaning. */
export const VERDICT_MARKS: Readonly<Record<Verdict, string>> = { pass: "✓", fail: "✗", inconclusive: "?" };

export const DECISION_MARKS: Readonly<Record<Decision, string>> = { go: "✓", "no-go": "✗", hold: "?" };
export const DECISION_WORDS: Readonly<Record<Decision, string>> = {
  go: "GO",
  "no-go": "NO-GO",
  hold: "HOLD",
};

/** What each decision says, for a reader who meets the word for the first time. */
export const DECISION_MEANINGS: Readonly<Record<Decision, string>> = {
  go: "every exit criterion is met",
  "no-go": "at least one exit criterion is broken",
  hold: "the evidence does not decide it yet",
};

/** Why a verdict is missing, in words. */
export const REASON_WORDS: Readonly<Record<InconclusiveReason, string>> = {
  "not-run": "it was never run",
  "no-data": "nothing was measured",
  "too-few-operations": "too few operations to say anything",
  interrupted: "the run was interrupted",
  "harness-error": "the harness itself failed",
  "not-steady-before": "the stack was not steady before the fault",
  "fault-not-observed": "the fault was not seen to take effect",
  "awaiting-human": "a person has to confirm it",
};

/** `1` → `"1 sample"`, `3` → `"3 samples"`, `0` → `"no samples"`. */
export function count(n: number, noun: string): string {
  if (n === 0) return `no ${noun}s`;
  return `${grouped(n)} ${noun}${n === 1 ? "" : "s"}`;
}

/** `12345` → `"12 345"` with thin spaces, the same in every locale. */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, "\u2009");
}

/** `["a","b","c"]` → `"a, b and c"`. */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

/** A step's title with its number: its own if the runbook gives it one, else its place. */
export function numberedTitle(title: string, index: number): string {
  return OWN_NUMBER.test(title) ? title : `${index + 1}. ${title}`;
}

/** A step's title where its number stands beside it already: `"2. Promote"` → `"Promote"`. */
export function bareTitle(title: string): string {
  return title.replace(OWN_NUMBER, "");
}

const OWN_NUMBER = /^\d+[.)]\s+/;

/** An ISO instant as a person reads it, in UTC: `"2026-11-21 02:10:04 UTC"`; other text stays as it is. */
export function instant(iso: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(iso);
  return match ? `${match[1]} ${match[2]} UTC` : iso;
}
