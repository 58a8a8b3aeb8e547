import { describe, expect, it } from "vitest";
import { type Draft, sealed, syntheticRun } from "../events/events.testkit.ts";
import { type EventBody, eventSchema, type FiredrillEvent } from "../events/vocabulary.ts";
import { judgeRun } from "./judge-run.ts";

const draft = (body: EventBody, trial = 0, t = 0) => ({ ...body, trial, t }) as Draft;
/** The run with events put in before the first one that `at` accepts. */
const inserted = (
  events: readonly FiredrillEvent[],
  at: (event: FiredrillEvent) => boolean,
  ...drafts: Draft[]
) => {
  const index = events.findIndex(at);
  return sealed([...events.slice(0, index), ...drafts, ...events.slice(index)]);
};
const without = (events: readonly FiredrillEvent[], drop: (event: FiredrillEvent) => boolean) =>
  sealed(events.filter((event) => !drop(event)));
const isPhase =
  (phase: string, trial = 1) =>
  (event: FiredrillEvent) =>
    event.kind === "trial.phase" && event.phase === phase && event.trial === trial;
const reasons = (events: readonly FiredrillEvent[]) =>
  new Set(judgeRun(events).criteria.flatMap(({ trials }) => trials.map(({ reason }) => reason)));

const interrupted = draft({ kind: "run.interrupted", signal: "SIGINT" });
const failed = draft({ kind: "run.failed", code: "RUN_STACK", message: "the stack fell over", hint: null });

const relapse = (event: FiredrillEvent) =>
  event.kind === "probe.sample" && event.probe === "api" && event.t > 40_000 && event.t < 44_000;

describe("a synthetic run", () => {
  it("speaks the vocabulary", () => {
    for (const event of syntheticRun({ trials: [{}, { confirmed: false }] })) eventSchema.parse(event);
  });

  it("is GO, with its figures in the reason", () => {
    expect(judgeRun(syntheticRun())).toMatchObject({
      decision: "go",
      reason:
        "All 9 criteria passed. takeover: api was back 8.1 s after the fault (limit 20 s, probe step 500 ms, 101 samples).",
      control: null,
      hygiene: { clean: true, findings: [] },
      counts: { trials: 1, faultsConfirmed: 1, probeSamples: 168, operationsOk: 92 },
    });
  });

  it("with several trials says what so many prove", () => {
    const [takeover] = judgeRun(syntheticRun({ trials: [{}, { apiOutageMs: 12_000 }, {}] })).criteria;
    expect(takeover?.claim).toBe(
      "Recovered within 20 s in 3 of 3 trials (worst 12.1 s, probe step 500 ms, 303 samples); " +
        "at 95 % confidence at least 36.8 % of such runs.",
    );
  });

  it("is NO-GO when one trial of three fails, and names it", () => {
    const judgement = judgeRun(syntheticRun({ trials: [{}, { apiOutageMs: 24_000, lostOps: 1 }, {}] }));
    expect(judgement.decision).toBe("no-go");
    expect(judgement.reason).toMatch(
      /^3 of 9 criteria failed\. takeover: api was back only 24\.1 s after the fault/,
    );
    const [takeover] = judgement.criteria;
    expect(takeover?.trials.map(({ verdict }) => verdict)).toEqual(["pass", "fail", "pass"]);
    expect(takeover?.claim).toMatch(/in 2 of 3 trials .* Trial 2: api was back only/i);
  });

  it("does not hide a trial that never recovered behind the figures of the others", () => {
    const trials = [{}, { apiOutageMs: 90_000 }];
    const [takeover] = judgeRun(syntheticRun({ trials })).criteria;
    expect(takeover?.claim).toContain("in 1 of 2 trials (worst: never");
  });
});

describe("what keeps a run from being judged", () => {
  it("no plan, or one that can't be read", () => {
    expect(judgeRun([])).toMatchObject({ decision: "hold", criteria: [] });
    const [planned, ...rest] = syntheticRun();
    expect(judgeRun(sealed(rest)).reason).toContain("hold no plan");
    expect(
      judgeRun(sealed([{ ...planned, plan: { control: "none" } } as FiredrillEvent, ...rest])),
    ).toMatchObject({
      decision: "hold",
      reason: expect.stringContaining("can't be read"),
    });
  });

  it("no criteria: a scenario that demands nothing can't be GO", () => {
    expect(judgeRun(syntheticRun({ scenario: { criteria: [] } }))).toMatchObject({
      decision: "hold",
      reason: expect.stringContaining("without criteria"),
    });
  });

  it("no trials", () => {
    expect(judgeRun(syntheticRun({ trials: [] })).decision).toBe("hold");
  });

  it("an unsteady start, which is never NO-GO", () => {
    const events = syntheticRun({ trials: [{ apiOutageMs: 30_000 }] }).map((event) =>
      event.kind === "trial.baseline" ? { ...event, met: false, detail: "api was bad" } : event,
    );
    expect(judgeRun(events).decision).toBe("hold");
    expect(reasons(events)).toEqual(new Set(["not-steady-before"]));
  });

  it("fewer trials than planned", () => {
    const events = without(syntheticRun({ trials: [{}, {}] }), ({ trial }) => trial === 2);
    const [takeover] = judgeRun(events).criteria;
    expect(takeover?.trials).toMatchObject([{ verdict: "pass" }, { trial: 2, reason: "not-run" }]);
    expect(judgeRun(events).decision).toBe("hold");
  });

  it("a trial that broke off", () => {
    const cut = syntheticRun();
    for (const phase of ["baseline", "observing", "verifying", "undoing"]) {
      const events = cut.slice(0, cut.findIndex(isPhase(phase)));
      expect(reasons(events), `before ${phase}`).toEqual(new Set(["interrupted"]));
      expect(judgeRun(events).decision).toBe("hold");
    }
  });

  it("an interruption, whenever it came", () => {
    const events = syntheticRun({ trials: [{ apiOutageMs: 30_000 }] });
    const during = inserted(
      events,
      isPhase("verifying"),
      draft({ kind: "run.interrupted", signal: "time limit" }, 1),
    );
    expect(reasons(during)).toEqual(new Set(["interrupted"]));
    const recordedLater = inserted(events, isPhase("done"), interrupted);
    expect(reasons(recordedLater)).toEqual(new Set(["interrupted"]));
    const afterAll = sealed([...syntheticRun(), interrupted]);
    expect(judgeRun(afterAll)).toMatchObject({ decision: "hold", reason: expect.stringContaining("SIGINT") });
  });

  it("an interruption of a later trial leaves the earlier ones judged", () => {
    const events = syntheticRun({ trials: [{ apiOutageMs: 30_000 }, {}, {}] });
    const cut = events.slice(0, events.findIndex(isPhase("observing", 2)));
    const judgement = judgeRun(sealed([...cut, interrupted]));
    expect(judgement.decision).toBe("no-go");
    expect(judgement.criteria[0]?.trials).toMatchObject([
      { trial: 1, verdict: "fail" },
      { trial: 2, reason: "interrupted" },
      { trial: 3, reason: "interrupted" },
    ]);
  });

  it("a failure of the harness while it watched", () => {
    const events = without(syntheticRun(), isPhase("verifying"));
    expect(reasons(inserted(events, ({ kind }) => kind === "run.ended", failed))).toEqual(
      new Set(["harness-error"]),
    );
  });

  it("a hole in the log", () => {
    const sample = syntheticRun().findLast(({ kind, t }) => kind === "probe.sample" && t < 50_000)!;
    const holed = syntheticRun().filter(({ seq }) => seq !== sample.seq);
    expect(judgeRun(holed)).toMatchObject({ decision: "hold", reason: expect.stringContaining("missing") });
  });
});

describe("defects of other tools that must not be ours", () => {
  it("D1: an outage that heals before the end, but outside of what is allowed, is NO-GO", () => {
    const events = syntheticRun().map(
      (event) => (relapse(event) ? { ...event, ok: false } : event) as FiredrillEvent,
    );
    expect(judgeRun(events)).toMatchObject({
      decision: "no-go",
      reason: expect.stringContaining(
        "takeover: api was back 8.1 s after the fault, but bad again at 34.1 s",
      ),
    });
  });

  it("D5: a fault without proof of effect is HOLD, never GO", () => {
    const denied = syntheticRun({ trials: [{ confirmed: false }] });
    const silent = without(syntheticRun(), ({ kind }) => kind === "fault.confirmed");
    const neverTried = without(syntheticRun(), ({ kind }) => kind.startsWith("fault."));
    for (const events of [denied, silent, neverTried]) {
      expect(judgeRun(events).decision).toBe("hold");
      expect(reasons(events)).toEqual(new Set(["fault-not-observed"]));
    }
  });

  it("reports a stack that is not as it was, unless it was the runbook that changed it", () => {
    const repaired = syntheticRun({ trials: [{ hygienic: false }] });
    const untouched = without(repaired, ({ kind }) => kind.startsWith("runbook."));
    const finding = "trial 1: the stack is not as it was: containers (4 before, 3 after)";
    expect(judgeRun(untouched).hygiene.findings).toContain(finding);
    expect(judgeRun(repaired).hygiene.findings).not.toContain(finding);
  });

  it("D14: a failed clean-up stands beside the verdict and changes neither GO nor NO-GO", () => {
    for (const apiOutageMs of [8_000, 30_000]) {
      const clean = judgeRun(syntheticRun({ trials: [{ apiOutageMs }] }));
      const dirty = judgeRun(
        inserted(
          syntheticRun({ trials: [{ apiOutageMs, hygienic: false }] }),
          isPhase("down"),
          draft({ kind: "fault.revert-failed", fault: "kill-leader", error: "no such container" }, 1, 61_000),
          failed,
        ),
      );
      expect(dirty.decision).toBe(clean.decision);
      expect(dirty.reason).toBe(clean.reason);
      expect(dirty.hygiene.findings).toEqual([
        "trial 1: fault kill-leader could not be undone: no such container",
        "trial 1: something of fault kill-leader is left: control-plane-1 is still missing",
        "trial 1: 2 attempts to reach outside: sink",
        "clean-up failed: the stack fell over",
      ]);
    }
  });

  it("D15: a criterion whose metric matched no sample keeps the run from GO", () => {
    const scenario = {
      criteria: [
        {
          id: "depth",
          kind: "threshold",
          of: "api",
          metric: "queueDepth",
          quantile: 1,
          limit: 5,
          direction: "at-most",
          sustainedMs: 0,
        },
      ] as const,
    };
    expect(judgeRun(syntheticRun({ scenario }))).toMatchObject({
      decision: "hold",
      criteria: [{ trials: [{ reason: "no-data" }] }],
    });
  });

  it("D17: no successful operation after the fault means that nothing was tested", () => {
    const dead = without(syntheticRun(), (event) => event.kind === "op.ok" && event.t > 9_600);
    const kept = judgeRun(dead).criteria.filter(
      ({ kind }) => kind === "no-acknowledged-loss" || kind === "unique-ids",
    );
    expect(kept.map(({ trials }) => trials[0]?.reason)).toEqual(["too-few-operations", "too-few-operations"]);
    expect(judgeRun(dead).decision).not.toBe("go");
  });
});

describe("hygiene", () => {
  it("names a fault that was applied and never undone, and what the run left behind", () => {
    const events = without(syntheticRun(), ({ kind }) => kind === "fault.reverted");
    const { hygiene, decision } = judgeRun(
      sealed([...events, draft({ kind: "run.leak", what: ["network fd-1"] })]),
    );
    expect(decision).toBe("go");
    expect(hygiene).toEqual({
      clean: false,
      findings: [
        "trial 1: fault kill-leader was applied, and nothing says that it was undone",
        "left behind by the run: network fd-1",
      ],
    });
  });
});

describe("controls", () => {
  it("a placebo run is GO when its detectors stay silent", () => {
    expect(judgeRun(syntheticRun({ control: "placebo" }))).toMatchObject({
      decision: "go",
      control: { kind: "placebo", finding: "detectors stayed silent over 50 samples in 50.7 s" },
    });
  });

  it("a placebo run is NO-GO when one fires, or when somebody starts the runbook", () => {
    const events = syntheticRun({ control: "placebo" });
    const firing = events.map((event) =>
      event.kind === "probe.sample" && event.probe === "redundancy" && event.t > 30_000
        ? { ...event, ok: false }
        : event,
    );
    expect(judgeRun(firing)).toMatchObject({
      decision: "no-go",
      control: { finding: "detectors fired although nothing was broken: redundancy" },
    });
    const because = "somebody was nervous";
    const begun = draft({ kind: "runbook.started", runbook: "failover", digest: "d", because }, 1, 30_000);
    expect(judgeRun(inserted(events, isPhase("verifying"), begun)).decision).toBe("no-go");
  });

  it("a run without its runbook is NO-GO as it must be", () => {
    const events = syntheticRun({ control: "no-runbook", trials: [{ observedUntilMs: 90_000 }] });
    const judgement = judgeRun(events);
    expect(judgement).toMatchObject({
      decision: "no-go",
      control: { finding: "without the runbook the gate is NO-GO, as it must be: redundant failed" },
    });
    expect(judgement.criteria.map(({ id }) => id)).not.toContain("runbook");
  });

  it("or says that the runbook was not needed", () => {
    const scenario = {
      criteria: [{ id: "gap", kind: "continuity", of: "tasks", maxGapMs: 15_000 }],
    } as const;
    expect(judgeRun(syntheticRun({ control: "no-runbook", scenario })).control?.finding).toBe(
      "the runbook was not needed: every criterion passed without it",
    );
  });
});
