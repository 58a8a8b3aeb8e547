import type { Emit } from "../events/vocabulary.ts";
import type { FaultKind } from "../fault/kinds.ts";
import type { Injector } from "../fault/injector.ts";
import type { UndoAction } from "../fault/undo.ts";
import type { HttpRequest, HttpResponse } from "../service/http.ts";
import type { StackSpec } from "../stack/spec.ts";
import type { Clock } from "../time/clock.ts";

export type TierName = "sim" | "compose" | "k3d";

/** How truly a tier shows one fault kind. `impossible` refuses a scenario at plan time. */
export type Capability =
  | { readonly grade: "exact" }
  | { readonly grade: "approximate"; readonly reason: string }
  | { readonly grade: "impossible"; readonly reason: string };

export type Readiness =
  | { readonly ready: true; readonly detail: string }
  | { readonly ready: false; readonly reason: string; readonly fix: string };

/** Where stacks run. */
export interface Tier {
  readonly name: TierName;
  readonly capabilities: Readonly<Record<FaultKind, Capability>>;
  /** Looks, changes nothing, answers within seconds. */
  ready(): Promise<Readiness>;
  /** Brings the stack up until every service is healthy. On failure nothing is left behind. */
  up(stack: StackSpec, context: UpContext): Promise<RunningStack>;
  /** Carries out undo entries found on disk, after a crash. Idempotent; a target that is gone is undone. */
  undoFromDisk(actions: readonly UndoAction[]): Promise<void>;
  /** Removes everything that carries this run's label, from any process. Returns what it removed. */
  removeRun(runId: string): Promise<string[]>;
  /** The runs that have something standing on this tier right now, whoever started them. */
  standing(): Promise<readonly StandingRun[]>;
}

export interface StandingRun {
  readonly runId: string;
  /** How many objects (containers, networks, volumes) carry its label. */
  readonly objects: number;
  /** ISO time of a kept stack; null for one that goes with its run. */
  readonly expires: string | null;
}

export interface UpContext {
  readonly runId: string;
  /** An existing folder of this run; generated files are kept here. */
  readonly runDir: string;
  readonly trial: number;
  readonly seed: number;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** The trial's clock, which real tiers go on with; a tier with a time of its own leaves it alone. */
  readonly clock: Clock;
  /** Set by `--keep`: the stack stays after the run, labelled with this ISO time. */
  readonly keepUntil: string | null;
  /** Kubernetes' time limits; tiers without Kubernetes have none. */
  readonly times: KubernetesTimes;
  /** By `--reuse`, for all trials but the last: the stack can leave its clusters warm for the next trial of the run. */
  readonly reuse: boolean;
}

/** `production`: upstream's defaults. `fast`: shorter ones, which the report says beside every figure that they touch. */
export type KubernetesTimes = "production" | "fast";

export type ServiceState = {
  readonly service: string;
  readonly state: "running" | "exited" | "paused" | "restarting" | "missing";
  readonly exitCode: number | null;
  readonly oomKilled: boolean;
};

/** What equality of "before" and "after" means: object → a digest or description of its state. */
export type Fingerprint = Readonly<Record<string, string>>;

export interface ShellStep {
  /** Bash. Runs with `set -euo pipefail`. */
  readonly script: string;
  /** Variables that earlier steps exported. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface ShellResult {
  readonly outcome: "exited" | "timeout" | "interrupted";
  readonly exitCode: number | null;
  /** Standard output and error in order of arrival, at most 64 KiB, the end kept. */
  readonly output: string;
  /** The exported variables after the script. */
  readonly env: Readonly<Record<string, string>>;
}

/** A stack that is up. Disposal takes it down unless it is kept or was adopted. */
export interface RunningStack extends AsyncDisposable {
  readonly tier: TierName;
  readonly spec: StackSpec;
  readonly clock: Clock;
  state(service: string): Promise<ServiceState>;
  /**
   * One HTTP exchange as a client outside the stack makes it; `url` names a service:
   * `http://load-balancer:8080/healthz`. @throws RequestError when no response came.
   */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Runs an operator's command line against this stack. */
  runShell(step: ShellStep): Promise<ShellResult>;
  logs(service: string): Promise<string>;
  readonly injectors: Readonly<Partial<Record<FaultKind, Injector>>>;
  undo(action: UndoAction): Promise<void>;
  /** Is nothing of this action's fault left? */
  audit(action: UndoAction): Promise<{ readonly clean: boolean; readonly detail: string }>;
  fingerprint(): Promise<Fingerprint>;
  /**
   * Instead of disposal, after a trial that left nothing broken: the stack goes and what carried it stays for the run's next
   * trial, whose `up` proves it pristine or replaces it. Only with `UpContext.reuse`, on tiers that can.
   */
  readonly leaveWarm?: () => Promise<void>;
  /** Attempts of the stack to reach anything outside itself since it came up. */
  outsideAttempts(): Promise<{ readonly attempts: number; readonly detail: string }>;
}
