import { describe, expect, test } from "vitest";
import { modelRun, type ModelRun, resolvedFault } from "./fault.testkit.ts";
import type { ResolvedFault } from "./injector.ts";
import { type ActiveFault, injectFault } from "./lifecycle.ts";

const signal = new AbortController().signal;

const inject = (run: ModelRun, durationMs: number | null, rest: Partial<ResolvedFault> = {}) =>
  run.clock.run(injectFault(resolvedFault(rest), durationMs, { ...run, signal }));

describe("a fault's life", () => {
  test("the undo is on disk before anything is applied, and the steps come in order", async () => {
    const run = modelRun();
    const fault = await inject(run, null);
    await run.clock.run(fault.revert("end"));
    expect(run.trace).toEqual([
      "disk:armed",
      "fault.armed",
      "apply",
      "fault.applied",
      "fault.confirmed",
      "undo:mend",
      "disk:done",
      "fault.reverted",
      "fault.audited",
    ]);
    expect(run.eventsOf("fault.audited")).toMatchObject([{ clean: true, detail: "db is whole" }]);
    await fault.done;
  });

  test("it is handed over before it is applied, so that an interrupt can undo it", async () => {
    const run = modelRun();
    const handed: { fault: ActiveFault; trace: string[] }[] = [];
    const onApplying = (fault: ActiveFault) => handed.push({ fault, trace: [...run.trace] });
    const fault = await run.clock.run(injectFault(resolvedFault(), null, { ...run, signal, onApplying }));
    expect(handed).toEqual([{ fault, trace: ["disk:armed", "fault.armed"] }]);
  });

  test("its duration counts from the confirmation", async () => {
    const run = modelRun();
    run.target.inert = true;
    const injecting = injectFault(resolvedFault(), 5_000, { ...run, signal });
    await run.clock.runUntil(4_000);
    run.target.broken = true;
    const fault = await run.clock.run(injecting);
    await run.clock.run(fault.done);
    expect(fault.confirmedAtMs).toBeGreaterThanOrEqual(4_000);
    expect(run.eventsOf("fault.reverted")).toMatchObject([
      { by: "duration", t: fault.confirmedAtMs! + 5_000 },
    ]);
  });

  test("its time to live ends it when nothing else does", async () => {
    const run = modelRun();
    const fault = await inject(run, null, { ttlMs: 60_000 });
    await run.clock.run(fault.done);
    expect(run.eventsOf("fault.reverted")).toMatchObject([{ by: "ttl", t: 60_000 }]);
    expect(run.target.broken).toBe(false);
  });

  test("an effect that does not show within 15 s is unconfirmed", async () => {
    const run = modelRun();
    run.target.inert = true;
    const fault = await inject(run, 1_000);
    expect(fault).toMatchObject({ confirmed: false, confirmedAtMs: null });
    expect(run.eventsOf("fault.unconfirmed")).toMatchObject([
      { t: 15_000, evidence: "not seen within 15 s: intact" },
    ]);
  });

  test("a fault that can't be applied is unconfirmed and is still undone", async () => {
    const run = modelRun();
    run.target.applyFails = true;
    const fault = await inject(run, null);
    expect(run.eventsOf("fault.unconfirmed")[0]?.evidence).toContain("permission denied");
    expect(run.eventsOf("fault.applied")).toEqual([]);
    await run.clock.run(fault.revert("end"));
    expect(run.entries.map(({ state }) => state)).toEqual(["done"]);
  });

  test("without targets nothing happens: an empty selection is an error", async () => {
    const run = modelRun();
    await expect(inject(run, null, { targets: [] })).rejects.toMatchObject({ code: "USAGE_SELECTION" });
    expect(run.trace).toEqual([]);
  });

  test("a kind that the tier lacks is an error", async () => {
    await expect(inject(modelRun(), null, { kind: "latency" })).rejects.toMatchObject({
      code: "USAGE_FAULT",
    });
  });
});

describe("reverting", () => {
  test("goes on past failures, retries three times, and says what failed", async () => {
    const run = modelRun([
      { op: "first", args: {} },
      { op: "second", args: {} },
    ]);
    const fault = await inject(run, null);
    run.target.undoFailures = 4;
    await run.clock.run(fault.revert("end"));
    expect(run.trace.filter((it) => it.startsWith("undo"))).toEqual([
      ...Array.from({ length: 4 }, () => "undo:first"),
      "undo:second",
    ]);
    expect(run.eventsOf("fault.revert-failed")[0]?.error).toBe("f1: first: engine is busy");
    expect(run.entries.map(({ state }) => state)).toEqual(["failed"]);
    expect(run.eventsOf("fault.audited")).toHaveLength(1);
  });

  test("happens once, whoever asks", async () => {
    const run = modelRun();
    const fault = await inject(run, 10_000);
    await run.clock.run(Promise.all([fault.revert("interrupt"), fault.revert("end")]));
    await run.clock.runUntil(20_000);
    expect(run.eventsOf("fault.reverted")).toMatchObject([{ by: "interrupt" }]);
    expect(run.trace.filter((it) => it === "undo:mend")).toHaveLength(1);
  });

  test("D2: an interrupt while the effect is awaited ends the waiting, and the fault is undone", async () => {
    const run = modelRun();
    run.target.inert = true;
    const interrupt = new AbortController();
    const handed: ActiveFault[] = [];
    const onApplying = (fault: ActiveFault) => handed.push(fault);
    const injecting = injectFault(resolvedFault(), null, { ...run, signal: interrupt.signal, onApplying });
    await run.clock.runUntil(3_000);
    interrupt.abort("SIGINT");
    await run.clock.run(Promise.all([injecting, handed[0]?.revert("interrupt")]));
    expect(run.clock.nowMs()).toBeLessThan(4_000);
    expect(run.eventsOf("fault.reverted")).toMatchObject([{ by: "interrupt" }]);
  });

  test("a fault that was interrupted before it was applied is never applied", async () => {
    const run = modelRun();
    const interrupted = AbortSignal.abort("SIGTERM");
    const fault = await run.clock.run(injectFault(resolvedFault(), null, { ...run, signal: interrupted }));
    expect(run.trace).not.toContain("apply");
    expect(fault.confirmed).toBe(false);
  });
});

describe("D9: a target that was restarted is hit again, or it is reported", () => {
  test("a lasting effect that went away is applied again, with its undo on disk first", async () => {
    const run = modelRun();
    const fault = await inject(run, 60_000);
    await run.clock.runUntil(10_000);
    run.target.broken = false;
    await run.clock.runUntil(13_000);
    expect(run.eventsOf("fault.lapsed")).toMatchObject([{ fault: "f1", reapplied: true }]);
    expect(run.target.broken).toBe(true);
    const again = run.trace.slice(run.trace.indexOf("fault.confirmed") + 1);
    expect(again.slice(0, 2)).toEqual(["disk:armed", "apply"]);
    await run.clock.run(fault.done);
    expect(run.eventsOf("fault.reverted")).toMatchObject([{ by: "duration", t: 60_000 }]);
    expect(run.entries.map(({ state }) => state)).toEqual(["done", "done"]);
  });

  test("a target that is down is reported once, and hit again when it is back", async () => {
    const run = modelRun();
    await inject(run, 60_000);
    run.target.broken = false;
    run.target.down = true;
    await run.clock.runUntil(20_000);
    expect(run.eventsOf("fault.lapsed")).toMatchObject([{ reapplied: false }]);
    run.target.down = false;
    await run.clock.runUntil(30_000);
    expect(run.eventsOf("fault.lapsed").map(({ reapplied }) => reapplied)).toEqual([false, true]);
  });

  test("a lasting fault without an end is over when it was repaired: reported, not applied again", async () => {
    const run = modelRun();
    await inject(run, null);
    run.target.broken = false;
    await run.clock.runUntil(20_000);
    expect(run.eventsOf("fault.lapsed")).toMatchObject([{ reapplied: false, evidence: "intact" }]);
    expect(run.trace.filter((it) => it === "apply")).toHaveLength(1);
  });

  test("a blow that was repaired has not lapsed", async () => {
    const run = modelRun();
    await inject(run, 60_000, { kind: "kill" });
    run.target.broken = false;
    await run.clock.runUntil(30_000);
    expect(run.eventsOf("fault.lapsed")).toEqual([]);
    expect(run.target.broken).toBe(false);
  });

  test("one failed look is no lapse", async () => {
    const run = modelRun();
    await inject(run, 60_000);
    await run.clock.runUntil(999);
    run.target.broken = false;
    await run.clock.runUntil(1_100);
    run.target.broken = true;
    await run.clock.runUntil(10_000);
    expect(run.eventsOf("fault.lapsed")).toEqual([]);
  });
});
