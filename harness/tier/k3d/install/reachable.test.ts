import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import type { Clock } from "../../../time/clock.ts";
import { untilReachable } from "./reachable.ts";

/** Time that passes only while somebody sleeps. */
function steppedClock(): Clock {
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    sleep: async (ms) => void (nowMs += ms),
  };
}
const signal = new AbortController().signal;

it("asks each port again until it takes a connection", async () => {
  const asked: string[] = [];
  await untilReachable(
    [{ name: "web", ports: [80, 81] }],
    async (service, port) => {
      asked.push(`${service}:${port}`);
      if (port === 81 && asked.filter((one) => one === "web:81").length < 3) throw new Error("refused");
      return new PassThrough();
    },
    steppedClock(),
    signal,
  );
  expect(asked.toSorted()).toEqual(["web:80", "web:81", "web:81", "web:81"]);
});

it("gives up on a port that nobody listens on", async () => {
  const clock = steppedClock();
  const never = () => Promise.reject(new Error("refused"));
  await untilReachable([{ name: "web", ports: [80] }], never, clock, signal);
  expect(clock.nowMs()).toBe(15_000);
});

it("ends with the run", async () => {
  const aborted = AbortSignal.abort(new Error("stop"));
  const open = async () => new PassThrough();
  await expect(untilReachable([{ name: "web", ports: [80] }], open, steppedClock(), aborted)).rejects.toThrow(
    "stop",
  );
});
