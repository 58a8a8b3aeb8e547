import { describe, expect, test } from "vitest";
import { APPLIED_MS, CONFIRMED_MS, sealed, syntheticRun } from "../events/events.testkit.ts";
import { runFacts } from "./run-facts.ts";
import { trialViews } from "./trial-view.ts";
import type { FiredrillEvent } from "../events/vocabulary.ts";
import { judgeRun } from "../gate/judge-run.ts";

function viewsOf(events: readonly FiredrillEvent[]) {
  return trialViews(events, runFacts({ events, judgement: judgeRun(events) }).plan);
}

const first = (events: readonly FiredrillEvent[]) => viewsOf(events)[0]!;

describe("a trial that went well", () => {
  const view = first(syntheticRun());

  test("counts from the confirmation and shows before and after", () => {
    expect(view.zero).toEqual({ atMs: CONFIRMED_MS, means: "fault confirmed" });
    expect(view.fromMs).toBeLessThan(CONFIRMED_MS - 4_000);
    expect(view.toMs).toBeGreaterThan(CONFIRMED_MS + 40_000);
  });

  test("has three stretches per probe, and a stretch ends where the next begins", () => {
    const [api] = view.probes;
    expect(api!.stretches.map(({ ok }) => ok)).toEqual([true, false, true]);
    const [before, bad, after] = api!.stretches;
    expect(before!.toMs).toBe(bad!.fromMs);
    expect(bad!.toMs).toBe(after!.fromMs);
    expect(bad!.toMs - bad!.fromMs).toBe(8_000);
    expect(before!.samples + bad!.samples + after!.samples).toBe(api!.samples.length);
  });

  test("knows the workload's longest gap", () => {
    const { longestGap, unfinished } = view.workloads[0]!;
    expect(longestGap!.toMs).toBeGreaterThan(APPLIED_MS + 8_000);
    expect(longestGap!.toMs - longestGap!.fromMs).toBeGreaterThan(8_000);
    expect(unfinished).toBe(0);
  });

  test("tells a fault's life and the steps with their expectations", () => {
    expect(view.faults).toMatchObject([
      {
        type: "kill",
        confirmedMs: CONFIRMED_MS,
        revertedBy: "end",
        unconfirmed: false,
        audit: { clean: true },
      },
    ]);
    expect(view.runbook!.steps.map(({ id, outcome }) => [id, outcome])).toEqual([
      ["look", "done"],
      ["restart", "done"],
      ["verify", "done"],
    ]);
    expect(view.runbook!.steps[2]!.expectations).toHaveLength(1);
  });
});

test("a trial that was cut off keeps what it has: open steps, operations without an end", () => {
  const events = syntheticRun();
  const cutAt = events.findIndex(
    (event) => event.kind === "runbook.step.started" && event.step === "restart",
  );
  const invoked = {
    kind: "op.invoke",
    workload: "tasks",
    op: "last",
    value: null,
    trial: 1,
    t: 16_000,
  } as const;
  const view = first(sealed([...events.slice(0, cutAt + 1), invoked]));
  expect(view.runbook).toMatchObject({ outcome: "cut-off", endedMs: null });
  expect(view.runbook!.steps.map(({ outcome }) => outcome)).toEqual(["done", "cut-off"]);
  expect(view.workloads[0]!.unfinished).toBeGreaterThanOrEqual(1);
});

test("a step that is run twice is two steps, each with its own end", () => {
  const step = "again";
  const started = { kind: "runbook.step.started", step, title: "Again", trial: 1 } as const;
  const ended = {
    kind: "runbook.step.ended",
    step,
    exitCode: 0,
    output: "",
    trial: 1,
    durationMs: 1,
  } as const;
  const view = first(
    sealed([
      syntheticRun()[0]!,
      { kind: "runbook.started", runbook: "r", digest: "d", because: "b", trial: 1, t: 1 },
      { ...started, t: 2 },
      { ...ended, t: 3, outcome: "failed" },
      { ...started, t: 4 },
      { ...ended, t: 5, outcome: "done" },
    ]),
  );
  expect(view.runbook!.steps.map(({ outcome, endedMs }) => [outcome, endedMs])).toEqual([
    ["failed", 3],
    ["done", 5],
  ]);
});

test("without a fault, 0 is the steady start; without anything, there is still a span to draw", () => {
  expect(first(syntheticRun({ control: "placebo" })).zero.means).toBe("baseline met");
  const bare = first(sealed([syntheticRun()[0]!, { kind: "trial.phase", phase: "up", trial: 1, t: 0 }]));
  expect(bare.zero.means).toBe("trial began");
  expect(bare.toMs).toBeGreaterThan(bare.fromMs);
});
