import { z } from "zod";

/**
 * The vocabulary of `events.jsonl`, the only truth about a run. Every tier speaks it; the judge,
 * the report and the clean-up read nothing else. `t` is milliseconds on the trial's own clock.
 */
const text = z.string();
const ms = z.number().nonnegative();
const id = z.string().min(1);
const json = z.json();

const body = <Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) =>
  z.strictObject({
    seq: z.int().nonnegative(),
    trial: z.int().nonnegative(),
    t: ms,
    kind: z.literal(kind),
    ...shape,
  });

export const eventSchema = z.discriminatedUnion("kind", [
  // The run. `run.planned` carries the whole plan, so that a run can be judged from its files alone.
  body("run.planned", { runId: id, plan: json, planDigest: text, startedAt: text, environment: json }),
  body("run.image", {
    image: text,
    use: text,
    how: z.enum(["present", "pulled", "built"]),
    substitution: text.nullable(),
  }),
  body("run.interrupted", { signal: text }),
  body("run.failed", { code: text, message: text, hint: text.nullable() }),
  body("run.leak", { what: z.array(text) }),
  body("run.ended", { trials: z.int().nonnegative() }),

  // A trial walks through these phases, in this order; an interrupted one stops early.
  body("trial.phase", {
    /** `verifying` ends the observation: the load stops, histories are read, checks run. */
    phase: z.enum(["up", "baseline", "injecting", "observing", "verifying", "undoing", "down", "done"]),
  }),
  body("trial.baseline", { met: z.boolean(), detail: text }),
  body("trial.outside", { attempts: z.int().nonnegative(), detail: text }),
  body("trial.fingerprint", { when: z.enum(["before", "after"]), digest: text, items: z.record(text, text) }),
  /** Whether this trial runs on the clusters of the one before (`--reuse`), or why they were replaced. */
  body("stack.reused", { pristine: z.boolean(), detail: text }),
  body("stack.up", { services: z.array(text), tookMs: ms }),
  /** What a tier saw happen to a service by itself or by a fault. */
  body("service.state", {
    service: id,
    state: z.enum(["running", "exited", "paused", "restarting", "missing"]),
    exitCode: z.int().nullable(),
    oomKilled: z.boolean(),
    detail: text,
  }),

  /** What the engine and Kubernetes say of a node. `unknown`: the last heartbeat is older than it should be. */
  body("node.state", {
    node: id,
    state: z.enum(["ready", "not-ready", "unknown", "paused", "down", "gone"]),
    detail: text,
  }),
  /** A pod of the stack. `ready` only with a node whose heartbeat is fresh; its phase alone says nothing. */
  body("pod.state", {
    pod: id,
    service: id,
    node: text.nullable(),
    state: z.enum([
      "pending",
      "starting",
      "ready",
      "not-ready",
      "unknown",
      "crashing",
      "terminating",
      "ended",
      "evicted",
      "gone",
    ]),
    detail: text,
  }),

  // A fault's life: prepare → armed (undo is on disk) → applied → confirmed → reverted → audited.
  body("fault.armed", { fault: id, type: text, targets: z.array(text), params: json }),
  body("fault.applied", { fault: id }),
  body("fault.confirmed", { fault: id, evidence: text }),
  body("fault.unconfirmed", { fault: id, evidence: text }),
  /** The effect ended before its time, e.g. because the target was restarted. */
  body("fault.lapsed", { fault: id, reapplied: z.boolean(), evidence: text }),
  /** Whom the fault met in all its time, of kinds that count it; told before it is undone. `what`: `rate.bucket on llm`. */
  body("fault.met", { fault: id, what: text, hits: z.int().nonnegative(), looks: z.int().nonnegative() }),
  body("fault.reverted", { fault: id, by: z.enum(["duration", "ttl", "end", "interrupt"]) }),
  body("fault.revert-failed", { fault: id, error: text }),
  body("fault.audited", { fault: id, clean: z.boolean(), detail: text }),

  // A probe's answer; `t` is when it came, `startedMs` when it was asked.
  body("probe.sample", {
    probe: id,
    ok: z.boolean(),
    startedMs: ms,
    latencyMs: ms,
    detail: text,
    value: json,
  }),

  // A workload's operations, as Jepsen records them. `info`: nobody knows whether it happened.
  body("op.invoke", { workload: id, op: id, value: json }),
  body("op.ok", { workload: id, op: id, startedMs: ms, latencyMs: ms, value: json }),
  body("op.fail", { workload: id, op: id, startedMs: ms, latencyMs: ms, detail: text }),
  body("op.info", { workload: id, op: id, startedMs: ms, latencyMs: ms, detail: text }),
  /** What the system holds in the end, in commit order: the other half of every history check. */
  body("history.read", { workload: id, records: z.array(json) }),
  body("history.unreadable", { workload: id, detail: text }),

  body("runbook.started", { runbook: id, digest: text, because: text }),
  body("runbook.step.started", { step: id, title: text }),
  body("runbook.step.ended", {
    step: id,
    outcome: z.enum(["done", "failed", "timeout", "interrupted"]),
    exitCode: z.int().nullable(),
    durationMs: ms,
    output: text,
  }),
  body("runbook.expected", { step: id, expectation: text, met: z.boolean(), detail: text }),
  body("runbook.ended", { runbook: id, outcome: z.enum(["done", "failed", "not-started"]), detail: text }),

  /** What a mock has noted of the trial: how much is kept as evidence, and what it was asked that it does not model. */
  body("mock.journal", {
    service: id,
    mock: id,
    entries: z.int().nonnegative(),
    truncated: z.boolean(),
    unmodelled: z.record(text, z.int().positive()),
    /** Why there is no journal; null when there is one. */
    missing: text.nullable(),
  }),

  /** A `check` criterion's command or function, run once at the end of the trial. */
  body("check.result", { criterion: id, outcome: z.enum(["pass", "fail", "crash"]), detail: text }),
]);

export type FiredrillEvent = z.infer<typeof eventSchema>;
export type EventKind = FiredrillEvent["kind"];
export type EventOf<Kind extends EventKind> = Extract<FiredrillEvent, { kind: Kind }>;

type WithoutStamp<E> = E extends unknown ? Omit<E, "seq" | "trial" | "t"> : never;
/** An event as its author writes it; the log adds the sequence number, the trial and the time. */
export type EventBody = WithoutStamp<FiredrillEvent>;
/** Appends one event. On real tiers it is on disk when this returns. */
export type Emit = (event: EventBody) => void;
