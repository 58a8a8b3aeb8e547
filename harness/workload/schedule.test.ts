import { describe, expect, it } from "vitest";
import { eventSchema } from "../events/vocabulary.ts";
import { fakeStack, type FakeStackOptions } from "../probe/fake-stack.testkit.ts";
import type { WorkloadSpec } from "../scenario/definition.ts";
import type { Random } from "../service/host.ts";
import { json, RequestError, text } from "../service/http.ts";
import { startWorkload } from "./schedule.ts";

const spec: WorkloadSpec = {
  id: "tasks",
  kind: "http",
  url: "http://lb:8080/tasks",
  body: {},
  everyMs: 200,
  timeoutMs: 3_000,
  readBackUrl: "http://lb:8080/all",
};
const noPhase: Random = { next: () => 0, below: () => 0 };

function load(
  respond: NonNullable<FakeStackOptions["respond"]>,
  over: Partial<WorkloadSpec> = {},
  random = noPhase,
) {
  const fake = fakeStack({ respond });
  const abort = new AbortController();
  const workload = startWorkload({ ...spec, ...over }, { ...fake, signal: abort.signal, random });
  return { ...fake, abort, workload };
}

describe("an open-loop workload", () => {
  it("starts operations on schedule while earlier ones hang, and gives every one an outcome", async () => {
    const { clock, events, of, workload } = load(async (_, time) => {
      if (time.nowMs() === 200) await time.sleep(1e9);
      return json(200, { id: time.nowMs() });
    });
    await clock.advance(700);
    expect(of("op.invoke").map(({ op, t }) => [op, t])).toEqual([
      ["tasks-1", 0],
      ["tasks-2", 200],
      ["tasks-3", 400],
      ["tasks-4", 600],
    ]);
    await clock.until(workload.stop());
    expect(of("op.ok").map(({ op }) => op)).toEqual(["tasks-1", "tasks-3", "tasks-4"]);
    expect(of("op.info")).toMatchObject([
      { op: "tasks-2", startedMs: 200, latencyMs: 3_000, detail: "no answer within 3 s" },
    ]);
    for (const event of events) expect(() => eventSchema.parse({ seq: 0, trial: 0, ...event })).not.toThrow();
  });

  it("begins at a random moment of the first period", async () => {
    const { clock, of, workload } = load(
      () => json(200, {}),
      {},
      { next: () => 0.5, below: (bound) => bound - 1 },
    );
    await clock.advance(450);
    await clock.until(workload.stop());
    expect(of("op.invoke").map(({ t }) => t)).toEqual([199, 399]);
  });

  it("keeps at most 200 operations open and says of the others that they were not sent", async () => {
    const { clock, of, workload } = load((_, time) => time.sleep(1e9).then(() => json(200, {})), {
      everyMs: 10,
    });
    await clock.advance(2_015);
    expect(of("op.invoke")).toHaveLength(202);
    expect(of("op.fail")).toMatchObject([
      { op: "tasks-201", detail: "not sent: 200 operations are still open", latencyMs: 0 },
      { op: "tasks-202" },
    ]);
    await clock.until(workload.stop());
    expect(of("op.info")).toHaveLength(200);
    expect(clock.pending).toBe(200); // The stack's own hanging handlers; nothing of the workload's.
  });

  it("starts nothing after an abort and rejects nowhere", async () => {
    const { abort, clock, of, workload } = load(() => {
      throw new RequestError("refused", "down");
    });
    await clock.advance(300);
    abort.abort();
    await clock.advance(2_000);
    await clock.until(workload.stop());
    expect(of("op.fail")).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });

  it("passes a defect of the harness on to stop", async () => {
    const { clock, workload } = load(() => {
      throw new TypeError("our mistake");
    });
    await clock.advance(300);
    await expect(clock.until(workload.stop())).rejects.toThrow("our mistake");
  });
});

const answering = (readable: (nowMs: number) => boolean): NonNullable<FakeStackOptions["respond"]> => {
  return ({ method }, clock) => {
    if (method === "POST") return json(201, { id: 1 });
    return readable(clock.nowMs()) ? json(200, [{ key: "tasks-1" }]) : text(503, "not yet");
  };
};

describe("the final read", () => {
  it("stops the load, then retries until the stack can tell", async () => {
    const { clock, events, of, workload } = load(answering((nowMs) => nowMs >= 4_000));
    await clock.advance(1_000);
    await clock.until(workload.readBack());
    expect(of("history.read")).toMatchObject([{ workload: "tasks", records: [{ key: "tasks-1" }] }]);
    expect(clock.nowMs()).toBe(4_000);
    expect(events.at(-1)?.kind).toBe("history.read");
    expect(of("op.invoke")).toHaveLength(6);
  });

  it("says after 10 s why the history can't be known", async () => {
    const { clock, of, workload } = load(answering(() => false));
    await clock.advance(1_000);
    await clock.until(workload.readBack());
    expect(of("history.unreadable")).toMatchObject([{ detail: "for 10 s: 503 instead of 200" }]);
    expect(clock.nowMs()).toBe(11_000);
  });

  it("asks nothing once interrupted, and says so", async () => {
    const { abort, clock, of, workload } = load(answering(() => true));
    await clock.advance(100);
    abort.abort();
    await clock.until(workload.readBack());
    expect(of("history.unreadable")).toMatchObject([
      { detail: "interrupted: interrupted before the first try" },
    ]);
  });
});
