import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FaultSpec } from "../scenario/definition.ts";
import { checkComposition, compose } from "./composition.ts";
import { FAULT_KINDS, type FaultKind } from "./kinds.ts";

const fault = (id: string, kind: FaultKind, rest: Partial<FaultSpec> = {}): FaultSpec => ({
  id,
  kind,
  on: "db",
  pick: "one",
  from: null,
  params: {},
  after: { event: "baseline", delayMs: 0 },
  durationMs: null,
  ttlMs: 600_000,
  ...rest,
});

const ids = (faults: readonly FaultSpec[], servicesOf?: (name: string) => readonly string[]) =>
  checkComposition(faults, servicesOf).map(({ first, second }) => `${first}/${second}`);

describe("compose", () => {
  test("is symmetric and total", () => {
    const kind = fc.constantFrom(...FAULT_KINDS);
    fc.assert(fc.property(kind, kind, (a, b) => compose(a, b) === compose(b, a)));
  });

  test.each([
    ["latency", "latency", "conflict"],
    ["latency", "bandwidth", "conflict"],
    ["partition", "partition", "stack"],
    ["partition", "latency", "mask"],
    ["partition", "dns-failure", "stack"],
    ["kill", "latency", "mask"],
    ["kill", "node-loss", "merge"],
    ["data-loss", "data-loss", "conflict"],
    ["memory-pressure", "memory-pressure", "conflict"],
    ["cpu-stress", "memory-pressure", "stack"],
    ["pause", "kill", "mask"],
    ["mock", "pause", "conflict"],
    ["mock", "kill", "mask"],
    ["mock", "partition", "mask"],
    ["mock", "latency", "stack"],
  ] as const)("%s with %s: %s", (a, b, expected) => expect(compose(a, b)).toBe(expected));
});

describe("two faults in one mock", () => {
  const put = (id: string, params: FaultSpec["params"]) => fault(id, "mock", { params });

  test.each([
    ["of one name", { fault: "error" }, { fault: "error" }, 1],
    ["of different names", { fault: "error" }, { fault: "ttft" }, 0],
    [
      "for different keys",
      { fault: "error", scope: { key: "a" } },
      { fault: "error", scope: { key: "b" } },
      0,
    ],
    ["for one key and everybody", { fault: "error", scope: { key: "a" } }, { fault: "error" }, 1],
    [
      "with labels that may meet",
      { fault: "error", scope: { key: "a" } },
      { fault: "error", scope: { model: "m" } },
      1,
    ],
  ] as const)("%s", (_, a, b, conflicts) => {
    expect(ids([put("a", a), put("b", b)])).toHaveLength(conflicts);
    expect(ids([put("b", b), put("a", a)])).toHaveLength(conflicts);
  });

  test("the reason names the fault and what tells them apart", () => {
    const [conflict] = checkComposition([put("a", { fault: "error" }), put("b", { fault: "error" })]);
    expect(conflict?.reason).toMatch(/both put error into db for the same requests.*`scope`/);
  });
});

describe("D10: two network faults on one link stack, or the plan is rejected", () => {
  test("two latencies on one target are rejected, with both names and the reason", () => {
    const [conflict] = checkComposition([fault("slow", "latency"), fault("slower", "latency")]);
    expect(conflict).toMatchObject({ first: "slow", second: "slower", target: "db" });
    expect(conflict?.reason).toContain("latency and latency on db");
  });

  test("every pair of network kinds on one link stacks, masks, or is rejected", () => {
    const network = ["partition", "latency", "bandwidth", "dns-failure"] as const;
    for (const a of network) {
      for (const b of network) {
        const rejected = ids([fault("a", a), fault("b", b)]).length === 1;
        expect(rejected).toBe(compose(a, b) === "conflict");
      }
    }
  });

  test("other targets and other peers are other links", () => {
    expect(ids([fault("a", "latency"), fault("b", "latency", { on: "api" })])).toEqual([]);
    const fromApi = fault("a", "latency", { from: "api" });
    expect(ids([fromApi, fault("b", "latency", { from: "worker" })])).toEqual([]);
    expect(ids([fromApi, fault("b", "latency")])).toEqual(["a/b"]);
  });

  test("roles that may mean the same service meet", () => {
    const members: Record<string, string[]> = { leader: ["cp-1", "cp-2"], "cp-2": ["cp-2"], worker: ["w-1"] };
    const servicesOf = (name: string) => members[name] ?? [];
    const leader = fault("a", "bandwidth", { on: "leader" });
    expect(ids([leader, fault("b", "latency", { on: "cp-2" })], servicesOf)).toEqual(["a/b"]);
    expect(ids([leader, fault("b", "latency", { on: "worker" })], servicesOf)).toEqual([]);
  });
});

describe("windows", () => {
  const first = fault("a", "latency", { durationMs: 10_000 });
  const second = (event: FaultSpec["after"]["event"], delayMs: number) =>
    fault("b", "latency", { after: { event, delayMs } });

  test("a fault that ends before the next begins leaves room for it", () => {
    expect(ids([first, second("fault:a", 11_000)])).toEqual([]);
    expect(ids([first, second("fault:a", 9_000)])).toEqual(["a/b"]);
  });

  test("without an end it lasts until the trial's", () => {
    const endless = fault("a", "latency");
    expect(ids([endless, second("fault:a", 3_600_000)])).toEqual(["a/b"]);
  });

  test("counted from the baseline, the time that confirmation may take is added", () => {
    expect(ids([first, second("baseline", 20_000)])).toEqual(["a/b"]);
    expect(ids([first, second("baseline", 26_000)])).toEqual([]);
  });

  test("through a third fault the common anchor counts", () => {
    const trigger = fault("t", "kill", { on: "api" });
    const a = { ...first, after: { event: "fault:t", delayMs: 0 } } as const;
    expect(ids([trigger, a, second("fault:t", 26_000)])).toEqual([]);
    expect(ids([trigger, a, second("fault:t", 24_000)])).toEqual(["a/b"]);
  });

  test("an anchor that does not exist, or a circle, is an error", () => {
    const lost = fault("b", "latency", { after: { event: "fault:x", delayMs: 0 } });
    expect(() => checkComposition([first, lost])).toThrow("waits for a fault that never comes");
    const circle = { ...first, after: { event: "fault:b", delayMs: 0 } } as const;
    const back = fault("b", "latency", { after: { event: "fault:a", delayMs: 0 } });
    expect(() => checkComposition([circle, back])).toThrow("waits for a fault that never comes");
  });
});
