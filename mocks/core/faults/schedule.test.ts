import { expect, test } from "vitest";
import { z } from "zod";
import type { FaultSubject } from "../mock.ts";
import { createFaultSchedule } from "./schedule.ts";
import type { FaultInput } from "./spec.ts";

const kinds = {
  down: { effect: "is down", params: z.strictObject({ status: z.int().default(503) }) },
  slow: { effect: "is slow", params: z.strictObject({}) },
};

function schedule(seed = 1) {
  let nowMs = 0;
  const notes: string[] = [];
  const faults = createFaultSchedule({
    kinds,
    seed,
    nowMs: () => nowMs,
    note: (kind) => void notes.push(kind),
  });
  const hits = (count: number, subject: FaultSubject = { labels: {} }) =>
    Array.from({ length: count }, () => (faults.take("down", subject) === null ? 0 : 1)).join("");
  return { faults, notes, hits, at: (ms: number) => void (nowMs = ms) };
}

test.each<[string, Omit<FaultInput, "kind">, string]>([
  ["always", {}, "11111"],
  ["count", { count: 2 }, "11000"],
  ["afterRequests", { when: { afterRequests: 3 } }, "00011"],
  ["afterRequests and count", { when: { afterRequests: 1 }, count: 1 }, "01000"],
  ["never by chance", { when: { probability: 0 } }, "00000"],
  ["another key", { scope: { key: "b" } }, "00000"],
])("%s", (_, spec, wanted) => {
  const { faults, hits } = schedule();
  faults.put("f", { kind: "down", ...spec });
  expect(hits(5, { labels: { key: "a" } })).toBe(wanted);
});

test("a chance is drawn from the fault's own stream: the same seed, the same hits", () => {
  const pattern = (seed: number, faultSeed: number) => {
    const { faults, hits } = schedule(seed);
    faults.put("f", { kind: "down", when: { probability: 0.3 }, seed: faultSeed });
    return hits(200);
  };
  expect(pattern(1, 0)).toBe(pattern(1, 0));
  expect(pattern(1, 0)).not.toBe(pattern(2, 0));
  expect(pattern(1, 0)).not.toBe(pattern(1, 9));
  expect(pattern(1, 0).replaceAll("0", "").length).toBeGreaterThan(35);
  expect(pattern(1, 0).replaceAll("0", "").length).toBeLessThan(85);
});

test("match looks at method, path, header and body, and counts only what it concerns", () => {
  const { faults } = schedule();
  faults.put("f", {
    kind: "down",
    when: {
      match: { method: "POST", path: "^/v1/", header: { "X-Kind": "chat" }, body: "hello" },
      afterRequests: 1,
    },
  });
  const subject = {
    labels: {},
    method: "POST",
    path: "/v1/x",
    headers: { "x-kind": "chat" },
    text: () => "hello you",
  };
  const others = [
    { ...subject, method: "GET" },
    { ...subject, path: "/v2/x" },
    { ...subject, headers: {} },
    { ...subject, text: () => "bye" },
  ];
  for (const other of others) expect(faults.take("down", other)).toBeNull();
  expect(faults.take("down", subject)).toBeNull();
  expect(faults.take("down", subject)?.params).toEqual({ status: 503 });
  expect(faults.list()).toMatchObject([{ id: "f", candidates: 2, hits: 1, firstHitMs: 0 }]);
});

test("atTime, duration and windows go by the mock's clock", () => {
  const { faults, at } = schedule();
  const on = (ms: number) => {
    at(ms);
    return faults.standing("down") !== null;
  };
  faults.put("f", { kind: "down", when: { atTime: "2s" }, duration: "3s" });
  expect([0, 1_999, 2_000, 4_999, 5_000].map(on)).toEqual([false, false, true, true, false]);
  at(0);
  faults.put("f", { kind: "down", when: { window: { from: "1s", for: 500, every: "10s" } } });
  expect([0, 1_000, 1_499, 1_500, 11_200, 11_600].map(on)).toEqual([false, true, true, false, true, false]);
  at(0);
  expect(faults.nextChangeMs()).toBe(1_000);
  at(1_200);
  expect(faults.nextChangeMs()).toBe(1_500);
});

test("what it can't read it refuses, and says what would be right", () => {
  const { faults } = schedule();
  expect(() => faults.put("f", { kind: "dwon" })).toThrow(
    expect.objectContaining({ hint: "did you mean down?" }),
  );
  expect(() => faults.put("f", { kind: "down", params: { status: "no" } })).toThrow(/parameters of down/);
  expect(() => faults.put("f", { kind: "down", whne: {} })).toThrow(/can't be read/);
  expect(() => faults.put("f", { kind: "down", when: { match: { path: "(" } } })).toThrow(/can't be read/);
});

test("everything that happens to a fault is in the journal", () => {
  const { faults, notes, hits } = schedule();
  faults.put("f", { kind: "down" });
  hits(1);
  expect(faults.delete("f")).toBe(true);
  expect(faults.delete("f")).toBe(false);
  expect(notes).toEqual(["fault.put", "fault.hit", "fault.deleted"]);
});

test("all that stand at a time, one of them by its id, and a look before each change", () => {
  const { faults, at } = schedule();
  const subject = { labels: { key: "a" } };
  const seen: string[][] = [];
  const standing = (atMs: number) => faults.allStanding("down", subject, atMs).map(({ id }) => id);
  faults.beforeChange(() => void seen.push(standing(900)));
  faults.put("short", { kind: "down", duration: 1_000 });
  faults.put("long", { kind: "down" });
  faults.put("elsewhere", { kind: "down", scope: { key: "b" } });
  at(5_000);
  expect([standing(900), standing(5_000)]).toEqual([["short", "long"], ["long"]]);
  expect(faults.take("down", subject, { id: "long", atMs: 5_000 })?.id).toBe("long");
  expect(faults.take("down", subject, { id: "short", atMs: 5_000 })).toBeNull();
  expect(faults.take("down", subject, { id: "short", atMs: 900 })?.id).toBe("short");
  faults.delete("short");
  expect(seen.at(-1)).toEqual(["short", "long"]);
  faults.clear();
  faults.put("new", { kind: "down" });
  expect(seen).toHaveLength(4);
});

test("a fault that is a state counts how often it was read, apart from its hits", () => {
  const { faults } = schedule();
  faults.put("f", { kind: "down", scope: { key: "a" } });
  faults.standing("down");
  faults.standing("down", { labels: { key: "b" } });
  faults.allStanding("down", { labels: { key: "a" } }, 0);
  expect(faults.list()).toMatchObject([{ hits: 0, candidates: 0, looks: 2 }]);
});
