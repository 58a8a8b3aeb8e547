/** Firedrill's mocks for unit tests: `import { createMock, llmMock } from "firedrill/mocks"`. */
import { systemClock } from "../harness/time/system-clock.ts";
import { createMockClock } from "./core/clock.ts";
import { startMock } from "./core/life.ts";
import type { RunningMock } from "./core/life.ts";
import type { MockDefinition } from "./core/mock.ts";
import { parseClock, parseEpochMs } from "./core/serve-options.ts";

export interface CreateMockOptions {
  /** Same seed and same requests, same answers. Default 1. */
  readonly seed?: number;
  /** As `--set name=value` of `firedrill mocks serve`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** `real`, a factor such as `10x`, `frozen`, or `jump`: delays take no time. Default `real`. */
  readonly clock?: string;
  /** When the mock's calendar begins: `now` (the default) or an ISO date. */
  readonly epoch?: string;
}

/** A mock that lives in this process; an adapter or `serveMock` lets clients in. @throws USAGE_FLAG */
export function createMock(definition: MockDefinition, options: CreateMockOptions = {}): RunningMock {
  const { seed = 1, settings = {}, clock = "real", epoch = "now" } = options;
  return startMock(definition, {
    seed,
    settings,
    clock: createMockClock({
      base: systemClock(),
      epochMs: parseEpochMs(epoch, Date.now),
      mode: parseClock(clock),
    }),
  });
}

export { createAuthority } from "./core/mount/authority.ts";
export { serveMock } from "./core/mount/standalone.ts";
export { llmMock } from "./llm/llm.ts";
export { loadMock, MOCK_NAMES } from "./registry.ts";
export type { RunningMock } from "./core/life.ts";
export type { MockDefinition } from "./core/mock.ts";
export type { StandaloneMock, StandaloneOptions } from "./core/mount/standalone.ts";
