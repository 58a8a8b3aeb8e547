import { keyedRandom } from "../../harness/service/random.ts";
import { FiredrillError } from "../../harness/error.ts";
import { suggest } from "../../harness/suggest.ts";
import type { MockClock } from "./clock.ts";
import { createFaultSchedule } from "./faults/schedule.ts";
import type { FaultSchedule } from "./faults/schedule.ts";
import { faultKindsOf } from "./faults/transport.ts";
import { createJournal } from "./journal.ts";
import type { Journal } from "./journal.ts";
import type { BuiltMock, MockDefinition, MockWorld } from "./mock.ts";

/** A mock that lives: what every mount and the control port work on. */
export interface RunningMock {
  readonly definition: MockDefinition;
  readonly seed: number;
  readonly clock: MockClock;
  readonly faults: FaultSchedule;
  readonly journal: Journal;
  /** The present life: replaced by `reset`. */
  readonly built: BuiltMock;
  /** Counts the requests (or connections) of this life. */
  nextNumber(): number;
  requests(): number;
  /** Back to the first moment: same seed, no faults, empty journal, time 0. Calls `onReset` listeners. */
  reset(): void;
  /** Returns how to stop listening. */
  onReset(listener: () => void): () => void;
}

export interface LifeOptions {
  readonly seed: number;
  readonly clock: MockClock;
  /** Overrides of the definition's settings. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** @throws USAGE_FLAG for a setting that the mock does not have. */
export function startMock(definition: MockDefinition, options: LifeOptions): RunningMock {
  const { seed, clock } = options;
  const settings = withDefaults(definition, options.settings ?? {});
  const journal = createJournal(clock.nowMs);
  const faults = createFaultSchedule({
    kinds: faultKindsOf(definition),
    seed,
    nowMs: clock.nowMs,
    note: journal.note,
  });
  const world: MockWorld = {
    seed,
    clock,
    settings,
    faults,
    random: (purpose) => keyedRandom(seed, `${definition.name}/${purpose}`),
    note: journal.note,
    unmodelled: (what) => journal.note("unmodelled", { what }),
  };
  const listeners = new Set<() => void>();
  let built = definition.build(world);
  let number = 0;
  return {
    definition,
    seed,
    clock,
    faults,
    journal,
    get built() {
      return built;
    },
    nextNumber: () => ++number,
    requests: () => number,
    reset() {
      clock.restart();
      journal.clear();
      faults.clear();
      number = 0;
      built = definition.build(world);
      for (const listener of listeners) listener();
    },
    onReset(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function withDefaults(definition: MockDefinition, given: Readonly<Record<string, string>>) {
  const known = Object.keys(definition.settings);
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    throw new FiredrillError("USAGE_FLAG", `the mock ${definition.name} has no such setting`, {
      received: name,
      expected: known.join(", "),
      hint: suggest(name, known),
    });
  }
  return Object.freeze({ ...definition.settings, ...given });
}
