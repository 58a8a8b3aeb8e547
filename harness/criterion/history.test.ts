import { describe, expect, it } from "vitest";
import { acknowledged, evidenceOf, finalRead } from "./evidence.testkit.ts";
import { judgeNoAcknowledgedLoss } from "./no-acknowledged-loss.ts";
import { judgeOneLeader } from "./one-leader.ts";
import { judgeUniqueIds } from "./unique-ids.ts";
import type { EventBody } from "../events/vocabulary.ts";

type Timed = readonly [number, EventBody];
const FAULTS = { kill: 5_000 };
const AFTER: Timed = [7_000, acknowledged("after", 10, { id: 99 })];
const read = (...keys: string[]): Timed => [
  9_500,
  finalRead(...keys.map((key) => ({ key, writer: "cp", token: 1 }))),
];
const trial = (...events: Timed[]) => evidenceOf({ untilMs: 9_000, faults: FAULTS, events });

describe("judgeNoAcknowledgedLoss", () => {
  const judge = (events: readonly Timed[], rpoMs = 0, minOps = 1) =>
    judgeNoAcknowledgedLoss(
      { id: "kept", kind: "no-acknowledged-loss", workload: "tasks", rpoMs, minOps },
      trial(...events),
    );
  const early: Timed = [1_000, acknowledged("early")];
  const late: Timed = [4_000, acknowledged("late")];

  it("passes when all is there, whatever became of operations of unknown outcome", () => {
    const unknown = {
      kind: "op.info",
      workload: "tasks",
      op: "x",
      startedMs: 0,
      latencyMs: 1,
      detail: "",
    } as const;
    expect(judge([early, [4_000, unknown], AFTER, read("early", "after")])).toMatchObject({
      verdict: "pass",
      samples: 2,
    });
    expect(judge([early, [4_000, unknown], AFTER, read("early", "x", "after")])).toMatchObject({
      verdict: "pass",
    });
  });

  it("fails a lost operation, and measures the recovery point", () => {
    expect(judge([early, late, AFTER, read("early", "after")])).toMatchObject({
      verdict: "fail",
      measuredMs: 1_000,
      claim: expect.stringContaining("1 of 3 acknowledged operations of tasks was lost"),
    });
  });

  it("tolerates losses inside the recovery point, its edge included, and none outside", () => {
    const events = [early, late, AFTER, read("early", "after")];
    expect(judge(events, 1_000)).toMatchObject({ verdict: "pass", measuredMs: 1_000 });
    expect(judge(events, 999)).toMatchObject({ verdict: "fail" });
    expect(judge([early, late, AFTER, read("early", "late")], 60_000)).toMatchObject({ verdict: "fail" });
  });

  it("does not expect an operation that ended after the read", () => {
    expect(judge([early, AFTER, read("early", "after"), [9_900, acknowledged("too-late")]])).toMatchObject({
      verdict: "pass",
    });
  });

  it("is inconclusive without a final read", () => {
    const unreadable = {
      kind: "history.unreadable",
      workload: "tasks",
      detail: "connection refused",
    } as const;
    expect(judge([early, AFTER])).toMatchObject({ verdict: "inconclusive", reason: "no-data" });
    expect(judge([early, AFTER, [9_500, unreadable]])).toMatchObject({
      reason: "no-data",
      claim: expect.stringContaining("connection refused"),
    });
  });

  it("D17: is inconclusive below the floors, but a proven loss fails however little was done", () => {
    expect(judge([early, AFTER, read("early", "after")], 0, 3)).toMatchObject({
      reason: "too-few-operations",
    });
    expect(judge([early, late, read("early", "late")])).toMatchObject({
      reason: "too-few-operations",
      claim: expect.stringContaining("no operation of tasks was acknowledged after the fault"),
    });
    expect(judge([read()], 0, 0)).toMatchObject({ reason: "too-few-operations" });
    expect(judge([early, read()], 0, 3)).toMatchObject({ verdict: "fail" });
  });
});

const judgeIds = (...events: Timed[]) =>
  judgeUniqueIds({ id: "unique", kind: "unique-ids", workload: "tasks", minOps: 2 }, trial(...events));

describe("judgeUniqueIds", () => {
  it("passes different ids, fails an id given twice", () => {
    expect(judgeIds([1_000, acknowledged("a", 10, { id: 1 })], AFTER)).toMatchObject({
      verdict: "pass",
      samples: 2,
    });
    expect(judgeIds([1_000, acknowledged("a", 10, { id: 99 })], AFTER)).toMatchObject({
      verdict: "fail",
      claim: expect.stringContaining("99 to a and after"),
    });
  });

  it("is inconclusive without ids, or below the floor", () => {
    expect(judgeIds([1_000, acknowledged("a")], AFTER)).toMatchObject({ reason: "no-data" });
    expect(judgeIds(AFTER)).toMatchObject({ reason: "too-few-operations" });
    expect(judgeIds()).toMatchObject({ verdict: "inconclusive" });
  });
});

const records = (...tokens: number[]): Timed => [
  9_500,
  finalRead(...tokens.map((token) => ({ token, writer: `cp-${token}` }))),
];
const judgeLeaders = (...events: Timed[]) =>
  judgeOneLeader({ id: "one", kind: "one-leader", workload: "tasks", minOps: 1 }, trial(...events));

describe("judgeOneLeader", () => {
  it("passes tokens that only rise, fails one that goes back", () => {
    expect(judgeLeaders(AFTER, records(1, 1, 2))).toMatchObject({ verdict: "pass", samples: 3 });
    expect(judgeLeaders(AFTER, records(1, 2, 1))).toMatchObject({ verdict: "fail" });
  });

  it("is inconclusive when records name no writer, when there are none, or when nothing was tested", () => {
    expect(judgeLeaders(AFTER, [9_500, finalRead({ key: "a" })])).toMatchObject({ reason: "no-data" });
    expect(judgeLeaders(AFTER, [9_500, finalRead()])).toMatchObject({ reason: "no-data" });
    expect(judgeLeaders(records(1, 2))).toMatchObject({ reason: "too-few-operations" });
  });
});
