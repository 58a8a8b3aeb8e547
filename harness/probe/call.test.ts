import { describe, expect, it } from "vitest";
import type { CallProbeSpec, ProbeCall } from "../scenario/definition.ts";
import { askCall } from "./call.ts";
import { VirtualClock } from "./virtual-clock.testkit.ts";

const ask = (call: ProbeCall, clock = new VirtualClock()) => {
  const spec: CallProbeSpec = { kind: "call", id: "sql", everyMs: 500, timeoutMs: 2_000, call };
  return { clock, answer: askCall(spec, clock) };
};

describe("a probe that calls a function", () => {
  it("is good when it resolves, and records the plain fields of what it resolved to", async () => {
    const { answer } = ask(async () => ({ rows: 1, nested: {} }));
    expect(await answer).toEqual({ ok: true, detail: "answered", value: { rows: 1 } });
  });

  it("is bad when it rejects, with the message", async () => {
    const { answer } = ask(async () => Promise.reject(new Error("the database system is starting up")));
    expect(await answer).toMatchObject({ ok: false, detail: "the database system is starting up" });
  });

  it("is bad after its time limit, and tells the function to give up", async () => {
    let toldToStop = false;
    const { clock, answer } = ask((signal) => {
      signal.addEventListener("abort", () => (toldToStop = true));
      return new Promise(() => {});
    });
    await clock.advance(2_000);
    expect(await answer).toMatchObject({ ok: false, detail: "no answer within 2 s" });
    expect(toldToStop).toBe(true);
  });
});
