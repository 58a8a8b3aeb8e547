import fc from "fast-check";
import { type Draft, type SyntheticTrial } from "../events/events.testkit.ts";
import { type EventBody, type EventKind } from "../events/vocabulary.ts";

const duration = fc.integer({ min: 0, max: 80_000 });
const text = fc.constantFrom("", "x");
const name = fc.constantFrom("api", "redundancy", "tasks", "kill-leader", "other");
const answer = fc.oneof(
  fc.constant(null),
  fc.record({ id: fc.nat(5), key: name }),
  fc.jsonValue({ maxDepth: 1 }),
);
const outcome = { workload: name, op: name, startedMs: duration, latencyMs: duration };

/** The fields of every kind of event; a kind that is added to the vocabulary must be added here to compile. */
const FIELDS: { readonly [Kind in EventKind]: Record<string, fc.Arbitrary<unknown>> } = {
  "run.planned": { runId: name, plan: answer, planDigest: text, startedAt: text, environment: answer },
  "run.image": {
    image: text,
    use: text,
    how: fc.constantFrom("present", "built"),
    substitution: fc.constant(null),
  },
  "run.interrupted": { signal: text },
  "run.failed": { code: fc.constantFrom("BUG", "RUN_INTERRUPTED"), message: text, hint: fc.constant(null) },
  "run.leak": { what: fc.array(text) },
  "run.ended": { trials: fc.nat(3) },
  "trial.phase": {
    phase: fc.constantFrom(
      "up",
      "baseline",
      "injecting",
      "observing",
      "verifying",
      "undoing",
      "down",
      "done",
    ),
  },
  "trial.baseline": { met: fc.boolean(), detail: text },
  "trial.outside": { attempts: fc.nat(2), detail: text },
  "trial.fingerprint": {
    when: fc.constantFrom("before", "after"),
    digest: text,
    items: fc.dictionary(name, text, { maxKeys: 2 }),
  },
  "stack.reused": { pristine: fc.boolean(), detail: text },
  "stack.up": { services: fc.array(name), tookMs: duration },
  "service.state": {
    service: name,
    state: fc.constantFrom("running", "exited"),
    exitCode: fc.constant(null),
    oomKilled: fc.boolean(),
    detail: text,
  },
  "node.state": { node: name, state: fc.constantFrom("ready", "down", "unknown"), detail: text },
  "pod.state": {
    pod: name,
    service: name,
    node: fc.constantFrom(null, "agent-0"),
    state: fc.constantFrom("ready", "crashing", "pending", "gone"),
    detail: text,
  },
  "fault.armed": { fault: name, type: text, targets: fc.array(name), params: answer },
  "fault.applied": { fault: name },
  "fault.confirmed": { fault: name, evidence: text },
  "fault.unconfirmed": { fault: name, evidence: text },
  "fault.lapsed": { fault: name, reapplied: fc.boolean(), evidence: text },
  "fault.met": { fault: name, what: text, hits: fc.nat(3), looks: fc.nat(3) },
  "fault.reverted": { fault: name, by: fc.constantFrom("duration", "ttl", "end", "interrupt") },
  "fault.revert-failed": { fault: name, error: text },
  "fault.audited": { fault: name, clean: fc.boolean(), detail: text },
  "probe.sample": {
    probe: name,
    ok: fc.boolean(),
    startedMs: duration,
    latencyMs: duration,
    detail: text,
    value: answer,
  },
  "op.invoke": { workload: name, op: name, value: answer },
  "op.ok": { ...outcome, value: answer },
  "op.fail": { ...outcome, detail: text },
  "op.info": { ...outcome, detail: text },
  "history.read": { workload: name, records: fc.array(answer, { maxLength: 5 }) },
  "history.unreadable": { workload: name, detail: text },
  "runbook.started": { runbook: name, digest: text, because: text },
  "runbook.step.started": { step: name, title: text },
  "runbook.step.ended": {
    step: name,
    outcome: fc.constantFrom("done", "failed", "timeout", "interrupted"),
    exitCode: fc.constant(null),
    durationMs: duration,
    output: text,
  },
  "runbook.expected": { step: name, expectation: text, met: fc.boolean(), detail: text },
  "runbook.ended": { runbook: name, outcome: fc.constantFrom("done", "failed", "not-started"), detail: text },
  "mock.journal": {
    service: name,
    mock: name,
    entries: fc.nat(5),
    truncated: fc.boolean(),
    unmodelled: fc.dictionary(name, fc.integer({ min: 1, max: 3 }), { maxKeys: 2 }),
    missing: fc.constantFrom(null, "x"),
  },
  "check.result": { criterion: name, outcome: fc.constantFrom("pass", "fail", "crash"), detail: text },
};

/** Any event of these kinds, at any time of any of the first trials. */
export function anyEvent(kinds = Object.keys(FIELDS) as EventKind[]): fc.Arbitrary<Draft> {
  const bodies = kinds.map((kind) => fc.record({ kind: fc.constant(kind), ...FIELDS[kind] }));
  return fc
    .tuple(fc.oneof(...bodies), fc.nat(2), duration)
    .map(([body, trial, t]) => ({ ...(body as unknown as EventBody), trial, t }) as Draft);
}

/** What happens after the observation and must not change what was observed. */
export const CLEAN_UP_KINDS: EventKind[] = [
  "fault.reverted",
  "fault.revert-failed",
  "fault.audited",
  "run.leak",
  "trial.fingerprint",
  "trial.outside",
];

/** Trials that end in every possible way. */
export const anyTrial: fc.Arbitrary<Partial<SyntheticTrial>> = fc.record({
  apiOutageMs: fc.constantFrom(0, 3_000, 8_000, 19_000, 30_000, 90_000),
  detectedAfterMs: fc.constantFrom(0, 2_000, 20_000),
  redundancyOutageMs: fc.constantFrom(15_000, 21_000, 45_000),
  observedUntilMs: fc.constantFrom(14_000, 35_000, 60_000),
  confirmed: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, fc.constant(false)),
  lostOps: fc.constantFrom(0, 0, 1, 4),
});
