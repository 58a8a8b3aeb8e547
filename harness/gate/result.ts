import type { CriterionKind } from "../criterion/spec.ts";

export type Verdict = "pass" | "fail" | "inconclusive";
export type Decision = "go" | "no-go" | "hold";

export type InconclusiveReason =
  | "not-run"
  | "no-data"
  | "too-few-operations"
  | "interrupted"
  | "harness-error"
  | "not-steady-before"
  | "fault-not-observed"
  | "awaiting-human";

/** What one criterion says of one trial. */
export interface TrialVerdict {
  readonly trial: number;
  readonly verdict: Verdict;
  readonly reason: InconclusiveReason | null;
  /** One sentence with its numbers: "api was back 8.2 s after the fault (limit 20 s, probe step 0.5 s, 61 samples)". */
  readonly claim: string;
  readonly samples: number;
  /** The measured figure, in the unit its name ends with, for charts and trends. */
  readonly measuredMs: number | null;
  /** Sequence numbers of the events that decided it, at most 20. */
  readonly evidence: readonly number[];
}

export interface CriterionResult {
  readonly id: string;
  readonly kind: CriterionKind;
  /** What is demanded: "api recovers within 20 s and holds for 5 s". */
  readonly title: string;
  readonly verdict: Verdict;
  readonly claim: string;
  readonly trials: readonly TrialVerdict[];
}

/** Canonical content of `gate.json`, apart from what identifies the run. */
export interface Judgement {
  readonly decision: Decision;
  /** Why, in words a person can read aloud. */
  readonly reason: string;
  readonly criteria: readonly CriterionResult[];
  /** What a control run showed; null in a normal run. */
  readonly control: { readonly kind: "placebo" | "no-runbook"; readonly finding: string } | null;
  /** Beside the verdict, never in it: leaks, failed undo, attempts to reach outside. */
  readonly hygiene: { readonly clean: boolean; readonly findings: readonly string[] };
  readonly counts: {
    readonly trials: number;
    readonly faultsConfirmed: number;
    readonly probeSamples: number;
    readonly operationsOk: number;
    readonly operationsFailed: number;
    readonly operationsUnknown: number;
  };
}
