/** Exit criteria as data: they travel in the plan, so that a run can be judged again from its files. */
export type CriterionSpec =
  /** The probe is good again within `withinMs` of the fault and stays good for `holdMs`. */
  | {
      readonly id: string;
      readonly kind: "recovery";
      readonly probe: string;
      readonly withinMs: number;
      readonly holdMs: number;
      /** The fault the time counts from; null: the last one. */
      readonly fault: string | null;
    }
  /** The probe turns bad within `withinMs` of the fault; before it, and in a placebo run, it stays silent. */
  | {
      readonly id: string;
      readonly kind: "detection";
      readonly probe: string;
      readonly withinMs: number;
      readonly fault: string | null;
    }
  /** The longest time without a success of the probe or workload. */
  | { readonly id: string; readonly kind: "continuity"; readonly of: string; readonly maxGapMs: number }
  /** A probe's or workload's latency, or a probe's numeric answer field, under a limit. */
  | {
      readonly id: string;
      readonly kind: "threshold";
      readonly of: string;
      /** `latencyMs`, or a top-level field of the probe's JSON answer. */
      readonly metric: string;
      /** 1 is the maximum. */
      readonly quantile: number;
      readonly limit: number;
      readonly direction: "at-most" | "at-least";
      /** Only a breach that lasts this long fails; 0: any. */
      readonly sustainedMs: number;
    }
  /** Every acknowledged operation is in the final read; with `rpoMs`, only those of the last so many ms may be missing. */
  | {
      readonly id: string;
      readonly kind: "no-acknowledged-loss";
      readonly workload: string;
      readonly rpoMs: number;
      readonly minOps: number;
    }
  | { readonly id: string; readonly kind: "unique-ids"; readonly workload: string; readonly minOps: number }
  /** In commit order the fencing token never goes back and names one writer. Records carry `writer` and `token`. */
  | { readonly id: string; readonly kind: "one-leader"; readonly workload: string; readonly minOps: number }
  | {
      readonly id: string;
      readonly kind: "check";
      readonly title: string;
      readonly command: string;
      readonly timeoutMs: number;
    }
  /** Added to every scenario that has a runbook: it started, every step ended well, every expectation was met. */
  | { readonly id: string; readonly kind: "runbook"; readonly runbook: string };

export type CriterionKind = CriterionSpec["kind"];
