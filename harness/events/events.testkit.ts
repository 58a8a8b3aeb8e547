import { failoverScenario } from "../gate/failover-scenario.testkit.ts";
import type { Control, ScenarioDefinition } from "../scenario/definition.ts";
import type { Plan } from "../scenario/plan.ts";
import type { EventBody, FiredrillEvent } from "./vocabulary.ts";

/** An event before it has its sequence number. */
export type Draft = EventBody & { readonly trial: number; readonly t: number };

/**
 * Numbers events from 0 in the order given, as the log does. Events that already carry a number get a
 * new one, so that a test may insert or permute events without leaving a hole in the sequence.
 */
export function sealed(drafts: readonly (Draft | FiredrillEvent)[]): FiredrillEvent[] {
  return drafts.map((draft, seq) => ({ ...draft, seq }) as FiredrillEvent);
}

/** One trial of {@link syntheticRun}; every time is in ms, outages count from the instant the fault is applied. */
export interface SyntheticTrial {
  /** How long `api` and the workload are down. */
  readonly apiOutageMs: number;
  /** When `redundancy` turns bad; it stays so until the runbook has brought the lost member back. */
  readonly detectedAfterMs: number;
  readonly redundancyOutageMs: number;
  /** From the start of the trial to the phase `verifying`. */
  readonly observedUntilMs: number;
  readonly confirmed: boolean;
  /** Acknowledged operations that the final read lacks: the last so many before the fault. */
  readonly lostOps: number;
  readonly hygienic: boolean;
}

export interface SyntheticRun {
  readonly control?: Control;
  readonly tier?: Plan["tier"];
  readonly trials?: readonly Partial<SyntheticTrial>[];
  /** Replaces parts of the scenario, e.g. its criteria. */
  readonly scenario?: Partial<ScenarioDefinition>;
}

const TRIAL: SyntheticTrial = {
  apiOutageMs: 8_000,
  detectedAfterMs: 2_000,
  redundancyOutageMs: 21_000,
  observedUntilMs: 60_000,
  confirmed: true,
  lostOps: 0,
  hygienic: true,
};

const UP_MS = 4_200;
const BASELINE_MET_MS = 9_300;
/** The operator is never faster than this. */
const OPERATOR_MS = 5_000;
/** When the fault of every synthetic trial is applied and when it is confirmed. */
export const APPLIED_MS = 9_500;
export const CONFIRMED_MS = 9_600;

/** A whole run as its events tell it; by default one trial that deserves a GO. */
export function syntheticRun(options: SyntheticRun = {}): FiredrillEvent[] {
  const control = options.control ?? "none";
  const trials = (options.trials ?? [{}]).map((trial) => ({ ...TRIAL, ...trial }));
  const plan: Plan = {
    schema: 1,
    scenario: failoverScenario(options.scenario),
    stackDigest: "sha256:stack",
    runbookDigest: "sha256:runbook",
    tier: options.tier ?? "sim",
    control,
    seed: 7,
    trials: trials.length,
    approximations: {},
  };
  return sealed([
    {
      kind: "run.planned",
      trial: 0,
      t: 0,
      runId: "20260101-000000-failover",
      plan: JSON.parse(JSON.stringify(plan)),
      planDigest: "sha256:plan",
      startedAt: "2026-01-01T00:00:00.000Z",
      environment: { node: "v24.0.0", platform: "linux" },
    },
    ...trials.flatMap((trial, index) => trialDrafts(trial, index + 1, control)),
    { kind: "run.ended", trial: 0, t: 0, trials: trials.length },
  ]);
}

function trialDrafts(shape: SyntheticTrial, trial: number, control: Control): Draft[] {
  const drafts: Draft[] = [];
  const add = (t: number, body: EventBody) => drafts.push({ ...body, trial, t } as Draft);
  const end = shape.observedUntilMs;
  const faulty = control !== "placebo";
  const apiDown: Span = faulty ? [APPLIED_MS, APPLIED_MS + shape.apiOutageMs] : NEVER;
  const noticedAt = APPLIED_MS + shape.detectedAfterMs;
  const repairedAt =
    control === "no-runbook"
      ? Infinity
      : Math.max(APPLIED_MS + shape.redundancyOutageMs, noticedAt + OPERATOR_MS);
  const redundancyDown: Span = faulty ? [noticedAt, repairedAt] : NEVER;
  const services = ["control-plane-1", "control-plane-2", "load-balancer", "postgres"];

  add(0, { kind: "trial.phase", phase: "up" });
  add(UP_MS, { kind: "stack.up", services, tookMs: UP_MS });
  add(UP_MS, { kind: "trial.phase", phase: "baseline" });
  add(UP_MS, {
    kind: "trial.fingerprint",
    when: "before",
    digest: "sha256:same",
    items: { containers: "4" },
  });
  add(BASELINE_MET_MS, { kind: "trial.baseline", met: true, detail: "every probe was good for 5 s" });
  add(BASELINE_MET_MS, { kind: "trial.phase", phase: "injecting" });
  if (faulty) addFault(add, shape.confirmed);
  add(CONFIRMED_MS, { kind: "trial.phase", phase: "observing" });
  addSamples(add, { probe: "api", everyMs: 500, down: apiDown, end });
  addSamples(add, { probe: "redundancy", everyMs: 1_000, down: redundancyDown, end });
  addOperations(add, apiDown, end, shape.lostOps);
  if (control === "none" && repairedAt < end) addRunbook(add, noticedAt, repairedAt);
  add(end, { kind: "trial.phase", phase: "verifying" });
  add(end + 30, { kind: "trial.phase", phase: "undoing" });
  if (faulty) {
    add(end + 40, { kind: "fault.reverted", fault: "kill-leader", by: "end" });
    const detail = shape.hygienic ? "control-plane-1 runs again" : "control-plane-1 is still missing";
    add(end + 50, { kind: "fault.audited", fault: "kill-leader", clean: shape.hygienic, detail });
  }
  add(end + 100, { kind: "trial.outside", attempts: shape.hygienic ? 0 : 2, detail: "sink" });
  add(end + 200, { kind: "trial.phase", phase: "down" });
  const digest = shape.hygienic ? "sha256:same" : "sha256:different";
  add(end + 900, {
    kind: "trial.fingerprint",
    when: "after",
    digest,
    items: { containers: shape.hygienic ? "4" : "3" },
  });
  add(end + 900, { kind: "trial.phase", phase: "done" });
  return drafts
    .map((draft, order) => ({ draft, order }))
    .toSorted((a, b) => a.draft.t - b.draft.t || a.order - b.order)
    .map(({ draft }) => draft);
}

type Add = (t: number, body: EventBody) => void;
/** From (inclusive) to (exclusive), in ms of the trial. */
type Span = readonly [number, number];
const NEVER: Span = [Infinity, Infinity];
const within = (t: number, [from, to]: Span) => t >= from && t < to;
/** Latencies that differ from one question to the next, and are the same in every run. */
const latencyOf = (n: number) => 12 + ((n * 37) % 23);

function addFault(add: Add, confirmed: boolean): void {
  const fault = "kill-leader";
  add(APPLIED_MS - 50, {
    kind: "fault.armed",
    fault,
    type: "kill",
    targets: ["control-plane-1"],
    params: {},
  });
  add(APPLIED_MS, { kind: "fault.applied", fault });
  const detail = "killed from outside";
  add(APPLIED_MS + 20, {
    kind: "service.state",
    service: "control-plane-1",
    state: "exited",
    exitCode: 137,
    oomKilled: false,
    detail,
  });
  add(CONFIRMED_MS, {
    kind: confirmed ? "fault.confirmed" : "fault.unconfirmed",
    fault,
    evidence: "state exited, exit code 137",
  });
}

function addSamples(add: Add, probe: { probe: string; everyMs: number; down: Span; end: number }): void {
  for (let n = 0, startedMs = UP_MS; startedMs + 40 < probe.end; n += 1, startedMs += probe.everyMs) {
    const ok = !within(startedMs, probe.down);
    const latencyMs = latencyOf(n);
    add(startedMs + latencyMs, {
      kind: "probe.sample",
      probe: probe.probe,
      ok,
      startedMs,
      latencyMs,
      detail: ok ? "200" : "503",
      value: { status: ok ? "ok" : "degraded", controlPlanes: ok ? 2 : 1 },
    });
  }
}

function addOperations(add: Add, down: Span, end: number, lostOps: number): void {
  const records: { key: string; id: number; writer: string; token: number; at: number }[] = [];
  const workload = "tasks";
  for (let n = 0, startedMs = UP_MS; startedMs + 2_000 < end; n += 1, startedMs += 500) {
    const op = `tasks-${n + 1}`;
    const latencyMs = latencyOf(n);
    add(startedMs, { kind: "op.invoke", workload, op, value: { kind: "cpu", key: op } });
    if (!within(startedMs, down)) {
      const before = startedMs < down[0];
      const record = {
        key: op,
        id: n + 1,
        writer: before ? "control-plane-1" : "control-plane-2",
        token: before ? 1 : 2,
      };
      records.push({ ...record, at: startedMs });
      add(startedMs + latencyMs, {
        kind: "op.ok",
        workload,
        op,
        startedMs,
        latencyMs,
        value: { key: op, id: record.id },
      });
    } else if (n % 4 === 0) {
      add(startedMs + 2_000, {
        kind: "op.info",
        workload,
        op,
        startedMs,
        latencyMs: 2_000,
        detail: "timed out",
      });
    } else {
      add(startedMs + latencyMs, { kind: "op.fail", workload, op, startedMs, latencyMs, detail: "503" });
    }
  }
  const early = records.filter((record) => record.at < APPLIED_MS);
  const lost = new Set(early.slice(early.length - lostOps));
  const kept = records
    .filter((record) => !lost.has(record))
    .map(({ key, id, writer, token }) => ({ key, id, writer, token }));
  add(end + 10, { kind: "history.read", workload, records: kept });
}

function addRunbook(add: Add, noticedAt: number, repairedAt: number): void {
  const started = noticedAt + 3_100;
  add(started, {
    kind: "runbook.started",
    runbook: "failover",
    digest: "sha256:runbook",
    because: "redundancy turned bad",
  });
  const steps = [
    { step: "look", title: "See who is missing", at: started + 100, endedAt: started + 900 },
    {
      step: "restart",
      title: "Bring the lost control plane back",
      at: started + 1_000,
      endedAt: repairedAt - 500,
    },
    {
      step: "verify",
      title: "Prove that two control planes answer",
      at: repairedAt - 400,
      endedAt: repairedAt + 5_500,
    },
  ];
  for (const { step, title, at, endedAt } of steps) {
    add(at, { kind: "runbook.step.started", step, title });
    const durationMs = endedAt - at;
    if (step === "verify") {
      const expectation = "probe redundancy is good within 60 s and holds for 5 s";
      add(endedAt, { kind: "runbook.expected", step, expectation, met: true, detail: "good for 5 s" });
    }
    add(endedAt, {
      kind: "runbook.step.ended",
      step,
      outcome: "done",
      exitCode: 0,
      durationMs,
      output: `${step}: done`,
    });
  }
  add(repairedAt + 5_600, {
    kind: "runbook.ended",
    runbook: "failover",
    outcome: "done",
    detail: "3 of 3 steps",
  });
}
