import type { CriterionSpec } from "../criterion/spec.ts";
import type { FaultParams } from "../fault/injector.ts";
import type { FaultKind } from "../fault/kinds.ts";
import type { KubernetesTimes } from "../tier/tier.ts";

/** A scenario after validation: plain data with every default filled in. */
export interface ScenarioDefinition {
  readonly name: string;
  readonly title: string;
  /** Absolute path of the scenario file; other paths are resolved against it. */
  readonly file: string;
  readonly stackFile: string;
  readonly probes: readonly ProbeSpec[];
  readonly workloads: readonly WorkloadSpec[];
  readonly faults: readonly FaultSpec[];
  readonly runbook: RunbookUse | null;
  readonly criteria: readonly CriterionSpec[];
  /** How steady is steady: every probe good for this long before anything is broken. */
  readonly baselineMs: number;
  /** The trial goes on this long after the last thing it waits for. */
  readonly settleMs: number;
  /** A trial that takes longer is interrupted and inconclusive. */
  readonly maxMs: number;
  /** Kubernetes' time limits on k3d: `fast` shortens them, and the report says so beside the figures. */
  readonly kubernetesTimes: KubernetesTimes;
}

/** A question asked on a fixed schedule from outside the stack. */
export type ProbeSpec = HttpProbeSpec | CallProbeSpec;

interface ProbeSchedule {
  readonly id: string;
  readonly everyMs: number;
  readonly timeoutMs: number;
}

export interface HttpProbeSpec extends ProbeSchedule {
  readonly kind: "http";
  readonly url: string;
  readonly expectStatus: number;
  /** Top-level fields of the JSON answer and the values they must have; `{min}` for numbers. */
  readonly expectJson: Readonly<Record<string, string | number | boolean | { readonly min: number }>>;
}

/** A function of the scenario's own: good when it resolves in time. Real tiers only; the plan records its schedule. */
export interface CallProbeSpec extends ProbeSchedule {
  readonly kind: "call";
  readonly call: ProbeCall;
}

/** Asks whatever it likes, e.g. one SQL query; rejects or stays silent when the answer is bad. */
export type ProbeCall = (signal: AbortSignal) => Promise<unknown>;

/** Open-loop clients: an operation starts on schedule whether or not the last one came back. */
export interface WorkloadSpec {
  readonly id: string;
  readonly kind: "http";
  readonly url: string;
  /** Sent as JSON with the operation's id in the field `key`. */
  readonly body: Readonly<Record<string, string | number | boolean>>;
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** GET in the end: a JSON array of what the system holds, in commit order. */
  readonly readBackUrl: string;
}

export interface FaultSpec {
  readonly id: string;
  readonly kind: FaultKind;
  /** A role or a service. */
  readonly on: string;
  /** `one`: the role must name exactly one service (or the first by name with `any`). `all`: every one. */
  readonly pick: "one" | "any" | "all";
  /** For network faults: a role or service on the other side; null means everyone. */
  readonly from: string | null;
  readonly params: FaultParams;
  /** When it starts: this long after the baseline, or after another fault was confirmed. */
  readonly after: { readonly event: "baseline" | `fault:${string}`; readonly delayMs: number };
  /** Counted from confirmation; null: until the runbook has repaired it, or the end. */
  readonly durationMs: number | null;
  readonly ttlMs: number;
}

export interface RunbookUse {
  /** Absolute path. */
  readonly file: string;
  /** The operator looks up once this fault is in effect; null: once all of them are. */
  readonly afterFault: string | null;
  /** The operator starts when this probe turns bad … */
  readonly onProbe: string;
  /** … and this long later: the time a person needs to react. */
  readonly reactionMs: number;
}

export type Control = "none" | "placebo" | "no-runbook";
