import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Draft, sealed, syntheticRun, type SyntheticTrial } from "../events/events.testkit.ts";
import { type EventKind, eventSchema, type FiredrillEvent } from "../events/vocabulary.ts";
import { anyEvent, anyTrial, CLEAN_UP_KINDS } from "./any-events.testkit.ts";
import { judgeRun } from "./judge-run.ts";
import type { Verdict } from "./result.ts";

const RANK: Readonly<Record<Verdict, number>> = { fail: 0, inconclusive: 1, pass: 2 };
const verdicts = (events: readonly FiredrillEvent[]) =>
  new Map(judgeRun(events).criteria.map(({ id, verdict }) => [id, verdict]));
const controls = fc.constantFrom("none" as const, "placebo" as const, "no-runbook" as const);
/** Shapes, from which each property makes its run: a counter-example is then short enough to read. */
const runs = fc.record({ trials: fc.array(anyTrial, { minLength: 1, maxLength: 2 }), control: controls });

/** Puts drafts in at places that are shares of the length, never before the plan. */
function scattered(
  events: readonly FiredrillEvent[],
  extra: readonly (readonly [Draft, number])[],
): FiredrillEvent[] {
  const at = (share: number) => 1 + Math.floor(share * (events.length - 1));
  const places = Map.groupBy(extra, ([, share]) => at(share));
  return sealed(
    events.flatMap((event, index) => [...(places.get(index) ?? []).map(([draft]) => draft), event]),
  );
}
const somewhere = (drafts: fc.Arbitrary<Draft>) =>
  fc.array(fc.tuple(drafts, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })), {
    minLength: 1,
    maxLength: 12,
  });

describe("judgeRun", () => {
  it("is total: any events of the vocabulary give a judgement, and GO only when every criterion passed", () => {
    const any = fc.array(anyEvent(), { maxLength: 60 }).map((drafts) => sealed(drafts));
    const mixed = fc.tuple(runs, somewhere(anyEvent())).map(([shape, extra]) => ({ shape, extra }));
    fc.assert(
      fc.property(fc.oneof(any, mixed), (input) => {
        const events = "shape" in input ? scattered(syntheticRun(input.shape), input.extra) : input;
        for (const event of events) eventSchema.parse(event);
        const { decision, criteria, reason } = judgeRun(events);
        const all = criteria.map(({ verdict }) => verdict);
        const expected = all.includes("fail")
          ? "no-go"
          : all.length > 0 && all.every((verdict) => verdict === "pass")
            ? "go"
            : "hold";
        expect(decision).toBe(expected);
        expect(reason).not.toBe("");
      }),
      { numRuns: 300 },
    );
  });

  it("is not changed by anything that clean-up says, wherever it is said", () => {
    fc.assert(
      fc.property(runs, somewhere(anyEvent(CLEAN_UP_KINDS)), (shape, extra) => {
        const events = syntheticRun(shape);
        // An event of a trial that is not there would be a trial that broke off.
        const present = new Set(events.map(({ trial }) => trial));
        const said = extra.filter(([{ trial }]) => present.has(trial));
        const { hygiene: _before, ...before } = judgeRun(events);
        const { hygiene: _after, ...after } = judgeRun(scattered(events, said));
        expect(withoutSeq(after)).toEqual(withoutSeq(before));
      }),
      { numRuns: 150 },
    );
  });

  it("says the same whatever the order of the trials", () => {
    fc.assert(
      fc.property(fc.array(anyTrial, { minLength: 2, maxLength: 3 }), fc.boolean(), (trials, rotate) => {
        const permuted = rotate ? [...trials.slice(1), trials[0]!] : trials.toReversed();
        const before = judgeRun(syntheticRun({ trials }));
        const after = judgeRun(syntheticRun({ trials: permuted as Partial<SyntheticTrial>[] }));
        expect(after.decision).toBe(before.decision);
        expect(after.criteria.map(({ verdict }) => verdict)).toEqual(
          before.criteria.map(({ verdict }) => verdict),
        );
        expect(after.counts).toEqual(before.counts);
      }),
      { numRuns: 60 },
    );
  });

  it("never passes because evidence was taken away, from the middle or from the end", () => {
    const losses = fc.oneof(
      fc.record({
        share: fc.double({ min: 0, max: 1, noNaN: true }),
        length: fc.integer({ min: 1, max: 80 }),
      }),
      fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.constant(Infinity) }),
    );
    fc.assert(
      fc.property(runs, losses, (shape, { share, length }) => {
        const events = syntheticRun(shape);
        const from = 1 + Math.floor(share * (events.length - 1));
        const before = verdicts(events);
        for (const [id, verdict] of verdicts(
          events.filter((_, index) => index < from || index >= from + length),
        )) {
          if (verdict === "pass") expect(before.get(id)).toBe("pass");
        }
      }),
      { numRuns: 200 },
    );
  });

  it("never passes because all evidence of one kind was taken away", () => {
    const kinds = fc.constantFrom<EventKind>(...eventSchema.options.map(({ shape }) => shape.kind.value));
    fc.assert(
      fc.property(runs, kinds, (shape, kind) => {
        const events = syntheticRun(shape);
        const before = verdicts(events);
        for (const [id, verdict] of verdicts(events.filter((event) => event.kind !== kind))) {
          if (verdict === "pass") expect(before.get(id)).toBe("pass");
        }
      }),
      { numRuns: 150 },
    );
  });
});

/** Violations, each with the criteria that it speaks against. */
const VIOLATIONS: readonly (readonly [
  string,
  readonly string[],
  (event: FiredrillEvent) => FiredrillEvent[] | null,
])[] = [
  [
    "a good answer that was bad",
    ["takeover"],
    (event) =>
      event.kind === "probe.sample" && event.probe === "api" && event.ok ? [{ ...event, ok: false }] : null,
  ],
  [
    "a bad answer between two others",
    ["takeover", "redundant"],
    (event) => (event.kind === "probe.sample" ? [event, { ...event, ok: false }] : null),
  ],
  [
    "an acknowledgement that never came",
    ["gap"],
    (event) => (event.kind === "op.ok" ? [unanswered(event)] : null),
  ],
  [
    "a slow operation",
    ["latency"],
    (event) =>
      event.kind === "op.ok" ? [event, { ...event, op: `${event.op}-slow`, latencyMs: 9_000 }] : null,
  ],
  [
    "an acknowledged operation that is gone",
    ["kept"],
    (event) => (event.kind === "op.ok" ? [event, { ...event, op: `${event.op}-lost` }] : null),
  ],
  [
    "an id that is given twice",
    ["unique"],
    (event) => (event.kind === "op.ok" ? [event, { ...event, op: `${event.op}-again` }] : null),
  ],
  [
    "a record of a leader of the past",
    ["oneWriter"],
    (event) =>
      event.kind === "history.read"
        ? [{ ...event, records: [...event.records, { writer: "ghost", token: 0 }] }]
        : null,
  ],
  [
    "a step that failed",
    ["runbook"],
    (event) => (event.kind === "runbook.step.ended" ? [{ ...event, outcome: "failed" }] : null),
  ],
  [
    "an alarm before the fault",
    ["noticed"],
    (event) =>
      event.kind === "probe.sample" && event.probe === "redundancy" && event.t < 9_500
        ? [{ ...event, ok: false }]
        : null,
  ],
];

function unanswered(ok: Extract<FiredrillEvent, { kind: "op.ok" }>): FiredrillEvent {
  const { seq, trial, t, workload, op, startedMs, latencyMs } = ok;
  return { kind: "op.info", seq, trial, t, workload, op, startedMs, latencyMs, detail: "timed out" };
}

describe("monotony", () => {
  it.each(VIOLATIONS)("%s never improves %s", (_, ids, violate) => {
    fc.assert(
      fc.property(runs, fc.nat(), (shape, choice) => {
        const events = syntheticRun(shape);
        const places = events.flatMap((event, index) => (violate(event) ? [index] : []));
        const place = places[choice % places.length];
        if (place === undefined) return;
        const worse = sealed(events.flatMap((event, index) => (index === place ? violate(event)! : [event])));
        const before = verdicts(events);
        const after = verdicts(worse);
        for (const id of ids) {
          if (before.has(id)) expect(RANK[after.get(id)!]).toBeLessThanOrEqual(RANK[before.get(id)!]);
        }
      }),
      { numRuns: 80 },
    );
  });
});

/** Events that are put in move the numbers of those that follow. */
function withoutSeq({ criteria, ...rest }: Omit<ReturnType<typeof judgeRun>, "hygiene">) {
  const plain = criteria.map(({ trials, ...criterion }) => ({
    ...criterion,
    trials: trials.map((trial) => ({ ...trial, evidence: 0 })),
  }));
  return { ...rest, criteria: plain };
}
