import { type ErrorDetails, FiredrillError } from "../error.ts";

/** Tiers that a step may be restricted to. Broader than the tiers of this version, as runbooks outlive versions. */
export const STEP_TIERS = ["sim", "compose", "k3d"] as const;
export type StepTier = (typeof STEP_TIERS)[number];

/** A Markdown runbook as read: plain, frozen data. `line` counts from 1 in the file. */
export interface Runbook {
  /** From the front matter; else the file's name without `.md`. */
  readonly id: string;
  /** From the front matter; else the first heading; else the id. */
  readonly title: string;
  readonly owner: string | null;
  /** Tools that the operator needs. */
  readonly needs: readonly string[];
  readonly file: string;
  /** SHA-256 of the text: an edited runbook is another runbook. */
  readonly digest: string;
  /** In the order of the document; at least one. */
  readonly steps: readonly Step[];
}

export type Step = ShellStep | ManualStep;

interface StepBase {
  readonly id: string;
  /** The nearest heading above; else the id. */
  readonly title: string;
  readonly line: number;
  readonly timeoutMs: number;
  /** False when `timeoutMs` is the default and no word of the author's. */
  readonly timeoutStated: boolean;
  readonly critical: boolean;
  /** A person must agree first. */
  readonly approve: boolean;
  /** An earlier step which must have been done. */
  readonly requires: string | null;
  /** The step that puts things back when this one fails. Such a step runs only then. */
  readonly rollback: string | null;
  /** Left out on other tiers; null: for all. Steps for different tiers may have one id: they are the same step in two words. */
  readonly tiers: readonly StepTier[] | null;
  readonly expectations: readonly Expectation[];
}

export interface ShellStep extends StepBase {
  readonly kind: "shell";
  readonly script: string;
  /** Where the script's first line stands in the file. */
  readonly scriptLine: number;
}

export interface ManualStep extends StepBase {
  readonly kind: "manual";
  /** What the person is to do, as Markdown. */
  readonly prose: string;
}

/** What must be true after a step. `text` is the author's own wording. */
export type Expectation = { readonly line: number; readonly text: string } & (
  | { readonly kind: "probe"; readonly probe: string; readonly withinMs: number; readonly holdMs: number }
  | { readonly kind: "exit"; readonly equal: boolean; readonly code: number }
  /** A regular expression in the `m` dialect: `^` and `$` match at line ends. */
  | { readonly kind: "output"; readonly pattern: string }
);

/** Is the step done on this tier? */
export const isFor = ({ tiers }: Step, tier: StepTier): boolean => tiers === null || tiers.includes(tier);

/** A step that states no `timeout=` is stopped after this long. */
export const DEFAULT_TIMEOUT_MS = 60_000;

/** A mistake at one line of a runbook. */
export function runbookError(
  file: string,
  line: number,
  message: string,
  details: ErrorDetails = {},
): FiredrillError {
  return new FiredrillError("USAGE_RUNBOOK", `${file}:${line}: ${message}`, details);
}
