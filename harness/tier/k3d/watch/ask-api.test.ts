import { expect, test } from "vitest";
import { VirtualClock } from "../../../probe/virtual-clock.testkit.ts";
import { KubeRefusal, KubeSilence } from "../api/kube-api.ts";
import { askApi } from "./ask-api.ts";
import { stagedApi, T0 } from "./watch.testkit.ts";

type Answer = "good" | "refused" | "silent" | "ill" | "forbidden";

/** An API server that answers as told, asked once a second. */
function asked() {
  const clock = new VirtualClock();
  const stop = new AbortController();
  const backs: number[] = [];
  const state = { answer: "good" as Answer };
  const answers: Record<Answer, () => Promise<never>> = {
    good: () => Promise.resolve({} as never),
    refused: () => Promise.reject(new KubeSilence("connection refused")),
    silent: () => new Promise(() => {}),
    ill: () => Promise.reject(new KubeRefusal(500, "etcd")),
    forbidden: () => Promise.reject(new KubeRefusal(403, "no")),
  };
  const health = askApi({
    api: stagedApi({ get: () => answers[state.answer]() }),
    clock,
    wallMs: () => T0 + clock.nowMs(),
    onAnswer: (back) => void (back && backs.push(clock.nowMs())),
    signal: stop.signal,
  });
  return { clock, state, health, backs, stop };
}

test("an API server is silent after two questions without an answer, and back with the first one", async () => {
  const { clock, state, health, backs } = asked();
  await clock.advance(3_500);
  expect(health.trust()).toEqual({ silent: false, trustFromMs: 0 });
  state.answer = "refused";
  await clock.advance(1_000);
  expect(health.trust().silent).toBe(false);
  expect(health.latencyMs()).toBeNull();
  await clock.advance(1_000);
  expect(health.trust()).toEqual({ silent: true, trustFromMs: T0 + 5_000 });
  await clock.advance(3_000);
  state.answer = "good";
  await clock.advance(1_000);
  // Everything up to the last failure is in doubt, not only what came before the first.
  expect(health.trust()).toEqual({ silent: false, trustFromMs: T0 + 8_000 });
  expect(backs).toEqual([9_000]);
});

test("one that says nothing, or that it is ill, is silent too; one that refuses answers", async () => {
  const { clock, state, health } = asked();
  state.answer = "silent";
  await clock.advance(9_000);
  expect(health.trust().silent).toBe(true);
  state.answer = "forbidden";
  await clock.advance(5_000);
  expect(health.trust().silent).toBe(false);
  state.answer = "ill";
  await clock.advance(2_000);
  expect(health.trust().silent).toBe(true);
});

test("it ends with its signal and leaves no timer", async () => {
  const { clock, health, stop } = asked();
  await clock.advance(1_500);
  stop.abort();
  await health.ended;
  expect(clock.pending).toBe(0);
});
