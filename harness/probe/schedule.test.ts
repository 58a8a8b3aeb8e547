import { describe, expect, it } from "vitest";
import { eventSchema } from "../events/vocabulary.ts";
import type { HttpProbeSpec } from "../scenario/definition.ts";
import { json, RequestError } from "../service/http.ts";
import { fakeStack, type FakeStackOptions } from "./fake-stack.testkit.ts";
import { startProbes } from "./schedule.ts";

const spec: HttpProbeSpec = {
  kind: "http",
  id: "api",
  url: "http://api:80/",
  everyMs: 500,
  timeoutMs: 2_000,
  expectStatus: 200,
  expectJson: {},
};
const ok = json(200, { n: 1 });

function probing(respond: FakeStackOptions["respond"], over: Partial<HttpProbeSpec> = {}) {
  const fake = fakeStack(respond ? { respond } : {});
  const abort = new AbortController();
  const watch = startProbes([{ ...spec, ...over }], { ...fake, signal: abort.signal });
  return { ...fake, abort, signal: abort.signal, watch };
}

/** Down in [fromMs, toMs). */
const outage =
  (fromMs: number, toMs: number): NonNullable<FakeStackOptions["respond"]> =>
  (_, clock) => {
    if (clock.nowMs() >= fromMs && clock.nowMs() < toMs) throw new RequestError("refused", "down");
    return ok;
  };

describe("the schedule", () => {
  it("asks at multiples of the period however long answers take", async () => {
    const { clock, of, watch } = probing(async (_, time) => {
      await time.sleep(1_200);
      return ok;
    });
    await clock.advance(2_000);
    await clock.until(watch.stop());
    expect(of("probe.sample").map(({ startedMs }) => startedMs)).toEqual([0, 500, 1_000, 1_500, 2_000]);
    expect(of("probe.sample").map(({ latencyMs }) => latencyMs)).toEqual([1_200, 1_200, 1_200, 1_200, 1_200]);
  });

  it("records samples that the vocabulary accepts", async () => {
    const { clock, events, watch } = probing(outage(500, 1_000));
    await clock.advance(1_200);
    await clock.until(watch.stop());
    expect(events).toHaveLength(3);
    for (const event of events) expect(() => eventSchema.parse({ seq: 0, trial: 0, ...event })).not.toThrow();
  });

  it("leaves out the ticks that the harness slept through instead of asking in a burst", async () => {
    const { clock, of, watch } = probing(() => ok);
    await clock.advance(600);
    const sleep = clock.sleep.bind(clock);
    let stalled = false;
    clock.sleep = (ms, signal) => {
      const extraMs = stalled ? 0 : 1_300;
      stalled = true;
      return sleep(ms + extraMs, signal);
    };
    await clock.advance(3_000);
    await clock.until(watch.stop());
    const starts = of("probe.sample").map(({ startedMs }) => startedMs);
    expect(starts.filter((startedMs) => startedMs % 500 !== 0).length).toBeLessThanOrEqual(1);
    expect(new Set(starts).size).toBe(starts.length);
    expect(starts.at(-1)).toBe(3_500);
  });

  it("has at most ten open questions and records a tick beyond them as bad, with the reason", async () => {
    const { clock, of, watch } = probing((_, time) => time.sleep(60_000).then(() => ok), {
      everyMs: 100,
      timeoutMs: 5_000,
    });
    await clock.advance(1_150);
    expect(of("probe.sample")).toMatchObject([
      {
        startedMs: 1_000,
        ok: false,
        latencyMs: 0,
        detail: "not asked: 10 questions are still open",
        value: null,
      },
      { startedMs: 1_100, ok: false },
    ]);
    await clock.until(watch.stop());
    expect(of("probe.sample")).toHaveLength(12);
    expect(of("probe.sample").at(-1)).toMatchObject({
      startedMs: 900,
      latencyMs: 5_000,
      detail: "no answer within 5 s",
    });
  });
});

describe("the watch", () => {
  it("tells when a probe turns bad and good again", async () => {
    const { clock, signal, watch } = probing(outage(1_000, 3_000));
    expect(watch.lastDetail("api")).toBeNull();
    expect(await clock.until(watch.waitBad("api", signal))).toBe(true);
    expect([clock.nowMs(), watch.isBad("api"), watch.goodSinceMs("api"), watch.lastDetail("api")]).toEqual([
      1_000,
      true,
      null,
      "refused",
    ]);
    expect(await clock.until(watch.waitGoodFor("api", 1_000, 60_000, signal))).toBe(true);
    expect([clock.nowMs(), watch.goodSinceMs("api")]).toEqual([4_000, 3_000]);
    await clock.until(watch.stop());
  });

  it("counts a hold from a given moment when asked to, not from the good times before", async () => {
    const { clock, signal, watch } = probing(() => ok);
    await clock.advance(5_100);
    expect(await clock.until(watch.waitGoodFor("api", 2_000, 60_000, signal))).toBe(true);
    expect(clock.nowMs()).toBe(5_100);
    expect(await clock.until(watch.waitGoodFor("api", 2_000, 60_000, signal, 5_100))).toBe(true);
    expect(clock.nowMs()).toBe(7_500);
    await clock.until(watch.stop());
  });

  it("gives up at the deadline when the good time was interrupted", async () => {
    const { clock, signal, watch } = probing(outage(2_000, 2_400));
    expect(await clock.until(watch.waitGoodFor("api", 3_000, 4_000, signal))).toBe(false);
    expect(clock.nowMs()).toBe(4_000);
    await clock.until(watch.stop());
  });

  it("ends every wait on abort and on stop, and leaves no timer behind", async () => {
    const { abort, clock, of, signal, watch } = probing(() => ok);
    const other = new AbortController();
    const waits = [watch.waitBad("api", signal), watch.waitGoodFor("api", 1e6, 1e7, other.signal)];
    await clock.advance(700);
    other.abort();
    expect(await clock.until(waits[1]!)).toBe(false);
    abort.abort();
    expect(await clock.until(waits[0]!)).toBe(false);
    await clock.until(watch.stop());
    await watch.stop();
    expect(clock.pending).toBe(0);
    await clock.advance(5_000);
    expect(of("probe.sample")).toHaveLength(2);
  });

  it("passes a defect of the harness on to everyone who waits, and to stop", async () => {
    const { clock, signal, watch } = probing((_, time) => {
      if (time.nowMs() >= 1_000) throw new TypeError("our mistake");
      return ok;
    });
    await expect(clock.until(watch.waitBad("api", signal))).rejects.toThrow("our mistake");
    await expect(clock.until(watch.stop())).rejects.toThrow("our mistake");
    await expect(watch.waitBad("api", signal)).rejects.toThrow("our mistake");
  });

  it("does not wait for a tier that never settles a request", async () => {
    const fake = fakeStack();
    const stack = { clock: fake.clock, request: () => new Promise<never>(() => {}) };
    const watch = startProbes([spec], { ...fake, stack, signal: new AbortController().signal });
    await fake.clock.advance(100);
    await fake.clock.until(watch.stop());
    expect(fake.clock.nowMs()).toBe(3_100);
  });

  it("refuses a probe that it does not have, naming those it has", () => {
    const { watch } = probing(() => ok);
    expect(() => watch.isBad("apo")).toThrow(
      expect.objectContaining({ code: "USAGE_SCENARIO", expected: "one of api" }),
    );
  });
});
