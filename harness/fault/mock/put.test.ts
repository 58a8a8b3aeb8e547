import { expect, test } from "vitest";
import type { ResolvedFault } from "../injector.ts";
import { auditWithdrawn, type ControlAnswer, type ControlQuestion, withdraw } from "./control.ts";
import { type MockDoor, mockFault, preparedMockFault } from "./put.ts";

const FAULT: ResolvedFault = {
  id: "slow",
  kind: "mock",
  targets: ["llm"],
  peers: [],
  params: { fault: "ttft", params: { mean: 500 }, count: 2 },
  ttlMs: 9_000,
};

const answer = (status: number, value: unknown): ControlAnswer => ({
  kind: "answer",
  status,
  body: JSON.stringify(value),
});

/** A control port that holds at most one fault, and can fall silent or go. */
function port() {
  let putMs = 0;
  const state = {
    held: null as Record<string, unknown> | null,
    mood: "answers" as "answers" | "silence" | "nobody",
  };
  const asked: ControlQuestion[] = [];
  const door: MockDoor = {
    name: "llm",
    undo: { op: "x", args: {} },
    open: async () => {},
    ask: async (question) => {
      asked.push(question);
      if (state.mood !== "answers") return { kind: state.mood, why: state.mood };
      if (question.method === "GET") return answer(200, state.held === null ? [] : [state.held]);
      if (question.method === "DELETE") state.held = null;
      else state.held = { id: "slow", kind: "ttft", putMs: ++putMs, hits: 0, looks: 0 };
      return question.method === "PUT" ? answer(200, state.held) : { kind: "answer", status: 204, body: "" };
    },
  };
  return { state, asked, door };
}

test("what is put is what the scenario says, with the fault's time to live as the mock's own limit", async () => {
  const { asked, door } = port();
  await mockFault(FAULT, door).put();
  const [put] = asked;
  expect([put?.method, put?.path]).toEqual(["PUT", "/faults/slow"]);
  expect(JSON.parse(put?.body ?? "")).toEqual({
    kind: "ttft",
    params: { mean: 500 },
    count: 2,
    duration: 9_000,
  });
});

test("it is confirmed while it stands, or nothing is heard; not before, not when it is gone", async () => {
  const { state, door } = port();
  const fault = mockFault(FAULT, door);
  expect(await fault.confirm()).toMatchObject({ confirmed: false, evidence: "ttft was not put" });
  await fault.put();
  expect(await fault.confirm()).toMatchObject({
    confirmed: true,
    evidence: "ttft stands in the mock: 0 hits so far",
  });
  state.mood = "silence";
  expect(await fault.confirm()).toMatchObject({ confirmed: true });
  state.mood = "nobody";
  expect(await fault.confirm()).toMatchObject({ confirmed: false });
  state.mood = "answers";
  state.held = null;
  expect(await fault.confirm()).toMatchObject({
    confirmed: false,
    evidence: "ttft is not among the mock's faults",
  });
});

test("each application counts its own hits, and keeps what it saw last", async () => {
  const { state, door } = port();
  const [first, second] = [mockFault(FAULT, door), mockFault(FAULT, door)];
  const tally = async () => (await preparedMockFault(FAULT, [first, second]).tally?.())?.hits;
  await first.put();
  state.held = { ...state.held, hits: 3 };
  expect(await tally()).toBe(3);
  await second.put();
  state.held = { ...state.held, hits: 4 };
  expect(await tally()).toBe(7);
  state.mood = "nobody";
  expect(await tally()).toBe(7);
});

test("a mock that is gone has nothing to give up; a silent one fails, and its audit is not clean", async () => {
  const { state, door } = port();
  state.mood = "nobody";
  await withdraw(door.ask, "slow");
  expect(await auditWithdrawn(door.ask, "slow", "llm")).toMatchObject({ clean: true });
  state.mood = "silence";
  await expect(withdraw(door.ask, "slow")).rejects.toMatchObject({ code: "RUN_FAULT" });
  expect(await auditWithdrawn(door.ask, "slow", "llm")).toMatchObject({ clean: false });
});

test("another service's port is told from a mock's", async () => {
  const ask = async () => answer(200, { hello: "world" });
  await expect(mockFault(FAULT, { ...port().door, ask }).put()).rejects.toMatchObject({
    message: "this is no control port of a mock",
  });
});
