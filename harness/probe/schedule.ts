import { FiredrillError } from "../error.ts";
import type { Emit } from "../events/vocabulary.ts";
import type { ProbeSpec } from "../scenario/definition.ts";
import { suggest } from "../suggest.ts";
import type { RunningStack } from "../tier/tier.ts";
import { elapsedMs } from "./elapsed.ts";
import { askCall } from "./call.ts";
import { type Answer, askHttp } from "./http.ts";
import { Stretch } from "./stretch.ts";
import { everyTick } from "./ticks.ts";
import { Waiters } from "./waiters.ts";

/** More open questions than this, and the probe says so instead of asking again. */
const OUTSTANDING_MAX = 10;
/** A tier that keeps an answer for longer than its time limit is not waited for any further. */
const GRACE_MS = 1_000;

export interface ProbeContext {
  readonly stack: Pick<RunningStack, "request" | "clock">;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** The live view of all probes of a trial. The verdict never uses it: the judge reads the samples from the events. */
export interface ProbeWatch {
  /** Start of the present unbroken good stretch, on the trial's clock; null when bad or not yet known. */
  goodSinceMs(probe: string): number | null;
  isBad(probe: string): boolean;
  /** The last answer that came in, in words; null before the first. */
  lastDetail(probe: string): string | null;
  /** Resolves to true when the probe is bad, at once if it is; to false on abort or `stop`. */
  waitBad(probe: string, signal: AbortSignal): Promise<boolean>;
  /**
   * Resolves to true when samples prove the probe good without a break for `holdMs`, counted from `fromMs` at the
   * earliest (default: as far back as the stretch goes); to false at `deadlineMs`, on abort or `stop`.
   */
  waitGoodFor(
    probe: string,
    holdMs: number,
    deadlineMs: number,
    signal: AbortSignal,
    fromMs?: number,
  ): Promise<boolean>;
  /**
   * Asks nothing more and resolves when all open questions are answered or timed out; may be called again.
   * @throws what went wrong in the harness itself, if anything did.
   */
  stop(): Promise<void>;
}

interface RunningProbe {
  readonly spec: ProbeSpec;
  readonly stretch: Stretch;
  readonly open: Set<Promise<void>>;
  lastDetail: string | null;
}

/** Starts every probe on its own fixed schedule: the first question at once, then one every `everyMs`. */
export function startProbes(specs: readonly ProbeSpec[], { stack, emit, signal }: ProbeContext): ProbeWatch {
  const { clock } = stack;
  const waiters = new Waiters();
  const stopping = new AbortController();
  const stopAsking = () => {
    stopping.abort();
    waiters.close();
  };
  if (signal.aborted) stopAsking();
  signal.addEventListener("abort", stopAsking, { once: true });
  let finished = false;

  const probes = new Map(
    specs.map((spec): [string, RunningProbe] => [
      spec.id,
      { spec, stretch: new Stretch(), open: new Set(), lastDetail: null },
    ]),
  );
  const schedules = [...probes.values()].map((probe) => {
    const options = { clock, everyMs: probe.spec.everyMs, phaseMs: 0, signal: stopping.signal };
    return everyTick(options, () => ask(probe)).catch((error: unknown) => waiters.fail(error));
  });

  function ask(probe: RunningProbe): void {
    const startedMs = clock.nowMs();
    const settle = probe.stretch.asked(startedMs);
    const sample = (answer: Answer) => {
      if (finished) return;
      const latencyMs = elapsedMs(clock, startedMs);
      emit({ kind: "probe.sample", probe: probe.spec.id, startedMs, latencyMs, ...answer });
      probe.lastDetail = answer.detail;
      settle(answer.ok);
      waiters.look();
    };
    if (probe.open.size >= OUTSTANDING_MAX) {
      sample({ ok: false, detail: `not asked: ${OUTSTANDING_MAX} questions are still open`, value: null });
      return;
    }
    const { spec } = probe;
    const open: Promise<void> = (spec.kind === "call" ? askCall(spec, clock) : askHttp(spec, stack))
      .then(sample)
      .catch((error: unknown) => waiters.fail(error))
      .finally(() => probe.open.delete(open));
    probe.open.add(open);
  }

  function find(id: string): RunningProbe {
    const probe = probes.get(id);
    if (probe) return probe;
    throw new FiredrillError("USAGE_SCENARIO", `there is no probe ${JSON.stringify(id)} in this scenario`, {
      received: JSON.stringify(id),
      expected: `one of ${[...probes.keys()].join(", ")}`,
      hint: suggest(id, [...probes.keys()]),
    });
  }

  async function stop(): Promise<void> {
    signal.removeEventListener("abort", stopAsking);
    stopping.abort();
    await Promise.all(schedules);
    const settled = new AbortController();
    const limitMs = Math.max(0, ...specs.map(({ timeoutMs }) => timeoutMs)) + GRACE_MS;
    const open = Promise.all([...probes.values()].flatMap((probe) => [...probe.open]));
    await Promise.race([open, clock.sleep(limitMs, settled.signal)]);
    settled.abort();
    finished = true;
    waiters.close();
    waiters.rethrow();
  }

  return {
    goodSinceMs: (id) => find(id).stretch.goodSinceMs(),
    isBad: (id) => find(id).stretch.isBad(),
    lastDetail: (id) => find(id).lastDetail,
    waitBad: async (id, until) => {
      const { stretch } = find(id);
      return waiters.wait(() => stretch.isBad(), { clock, signal: until, deadlineMs: null });
    },
    waitGoodFor: async (id, holdMs, deadlineMs, until, fromMs = 0) => {
      const { stretch } = find(id);
      return waiters.wait(() => stretch.hasHeld(holdMs, fromMs), { clock, signal: until, deadlineMs });
    },
    stop,
  };
}
