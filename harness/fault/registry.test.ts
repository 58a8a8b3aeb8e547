import { describe, expect, test } from "vitest";
import { FiredrillError } from "../error.ts";
import { FAULT_KINDS } from "./kinds.ts";
import { faultKind, parameterNames, parseFaultParams } from "./registry.ts";

const failure = (act: () => unknown): FiredrillError => {
  try {
    act();
  } catch (error) {
    if (error instanceof FiredrillError) return error;
    throw error;
  }
  throw new Error("it did not throw");
};

describe("the registry", () => {
  test("describes every kind in one sentence, with defaults that are valid", () => {
    for (const kind of FAULT_KINDS) {
      const description = faultKind(kind);
      expect(description.kind).toBe(kind);
      expect(description.effect).toMatch(/^[a-z].*[^.]$/);
      expect(description.defaultTtlMs).toBeGreaterThan(60_000);
      // Which of a mock's faults is meant has no default.
      const defaults = parseFaultParams(kind, kind === "mock" ? { fault: "latency" } : undefined);
      expect(parseFaultParams(kind, defaults)).toEqual(defaults);
      expect(description.layers(defaults).length).toBeGreaterThan(0);
    }
  });

  test("only a one-way fault touches one direction", () => {
    const { layers } = faultKind("partition");
    expect(layers(parseFaultParams("partition", { direction: "in" }))).toEqual(["network-in"]);
    expect(layers(parseFaultParams("partition", { direction: "out" }))).toEqual(["network-out"]);
    expect(layers(parseFaultParams("partition", {}))).toEqual(["network-in", "network-out"]);
  });

  test("defaults are filled in and optional fields stay absent", () => {
    expect(parseFaultParams("latency", { delayMs: 50 })).toEqual({
      delayMs: 50,
      jitterMs: 0,
      direction: "both",
    });
    expect(Object.keys(parseFaultParams("data-loss", {}))).toEqual([]);
  });

  test("names every parameter of a kind", () => {
    expect(parameterNames(faultKind("latency"))).toEqual(["delayMs", "jitterMs", "direction"]);
    expect(parameterNames(faultKind("kill"))).toEqual([]);
  });

  test("a misspelt kind or parameter gets a suggestion", () => {
    expect(failure(() => parseFaultParams("partitoin", {})).hint).toContain("partition");
    const error = failure(() => parseFaultParams("latency", { delay: 5 }));
    expect(error.code).toBe("USAGE_FAULT");
    expect(error.hint).toContain("delayMs");
    expect(error.expected).toContain("delayMs, jitterMs, direction");
  });

  test.each([
    ["latency", { delayMs: -1 }],
    ["latency", { delayMs: 10, jitterMs: 20 }],
    ["bandwidth", { bytesPerSecond: 0 }],
    ["cpu-stress", { cores: 0.5 }],
    ["memory-pressure", { limitBytes: 1024 }],
    ["disk-full", { path: "data" }],
    ["disk-full", { path: "/data'; rm -rf /" }],
    ["kill", { direction: "in" }],
  ])("refuses %s %j", (kind, raw) => {
    expect(failure(() => parseFaultParams(kind, raw)).code).toBe("USAGE_FAULT");
  });
});
