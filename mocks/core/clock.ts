import type { Clock } from "../../harness/time/clock.ts";
import type { MockTime } from "./mock.ts";

/**
 * How a mock's time passes: `run` at `scale` times the base clock, `frozen` until somebody advances it, or `jump`: as
 * soon as nothing is left to do but sleep, straight to the next waking.
 */
export type ClockMode =
  { readonly kind: "run"; readonly scale: number } | { readonly kind: "frozen" } | { readonly kind: "jump" };

export interface MockClock extends MockTime {
  readonly mode: ClockMode;
  set(mode: ClockMode): void;
  /** Moves on by `ms` at once, waking everybody on the way, in order. */
  advance(ms: number): Promise<void>;
  /** Back to 0. Who sleeps is woken: the life that slept is over. */
  restart(): void;
}

export interface MockClockOptions {
  readonly base: Clock;
  /** What `wallMs` says at time 0, as ms since 1970. A function is asked again at each restart: clients sign by today's date. */
  readonly epochMs: number | (() => number);
  readonly mode: ClockMode;
  /** Resolves when everything that can go on without time has gone on. Default: a turn of Node's event loop. */
  readonly settled?: () => Promise<void>;
}

interface Sleeper {
  readonly atMs: number;
  wake(): void;
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

export function createMockClock(options: MockClockOptions): MockClock {
  const { base, settled = nextTurn } = options;
  const epochNow = () => (typeof options.epochMs === "function" ? options.epochMs() : options.epochMs);
  let epochMs = epochNow();
  let mode = options.mode;
  let origin = { mockMs: 0, baseMs: base.nowMs() };
  /** By time, then by order of arrival. */
  let sleepers: Sleeper[] = [];
  let armed: { atMs: number; cancel: AbortController } | null = null;
  let jumping = false;

  const nowMs = () =>
    mode.kind === "run" ? origin.mockMs + (base.nowMs() - origin.baseMs) * mode.scale : origin.mockMs;
  const moveTo = (mockMs: number) => void (origin = { mockMs, baseMs: base.nowMs() });
  const wakeFirst = () => sleepers.shift()?.wake();

  const disarm = () => {
    armed?.cancel.abort();
    armed = null;
  };
  const arm = () => {
    const first = sleepers[0];
    if (mode.kind === "jump") return void (first && jump());
    if (mode.kind === "frozen" || first === undefined) return;
    if (armed !== null && armed.atMs <= first.atMs) return;
    disarm();
    const mine = { atMs: first.atMs, cancel: new AbortController() };
    armed = mine;
    void base.sleep(Math.max(0, (first.atMs - nowMs()) / mode.scale), mine.cancel.signal).then(() => {
      if (armed !== mine) return;
      armed = null;
      while (sleepers[0] !== undefined && sleepers[0].atMs <= nowMs()) wakeFirst();
      arm();
    });
  };
  const jump = async () => {
    if (jumping) return;
    jumping = true;
    await settled();
    while (mode.kind === "jump" && sleepers[0] !== undefined) {
      moveTo(Math.max(nowMs(), sleepers[0].atMs));
      wakeFirst();
      await settled();
    }
    jumping = false;
  };

  const sleepUntil = (atMs: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (signal?.aborted || atMs <= nowMs()) return resolve();
      const sleeper: Sleeper = {
        atMs,
        wake: () => {
          signal?.removeEventListener("abort", leave);
          resolve();
        },
      };
      const leave = () => {
        sleepers = sleepers.filter((other) => other !== sleeper);
        resolve();
      };
      signal?.addEventListener("abort", leave, { once: true });
      // Only a signal ends an endless sleep.
      if (atMs === Infinity) return;
      const behind = sleepers.findLastIndex((other) => other.atMs <= atMs);
      sleepers.splice(behind + 1, 0, sleeper);
      arm();
    });

  return {
    nowMs,
    wallMs: () => epochMs + nowMs(),
    sleep: (ms, signal) => sleepUntil(nowMs() + ms, signal),
    sleepUntil,
    get mode() {
      return mode;
    },
    set(next) {
      moveTo(nowMs());
      mode = next;
      disarm();
      arm();
    },
    async advance(ms) {
      const untilMs = nowMs() + ms;
      await settled();
      while (sleepers[0] !== undefined && sleepers[0].atMs <= untilMs) {
        moveTo(Math.max(nowMs(), sleepers[0].atMs));
        wakeFirst();
        await settled();
      }
      moveTo(Math.max(nowMs(), untilMs));
      disarm();
      arm();
    },
    restart() {
      const over = sleepers;
      sleepers = [];
      disarm();
      moveTo(0);
      epochMs = epochNow();
      for (const sleeper of over) sleeper.wake();
    },
  };
}
