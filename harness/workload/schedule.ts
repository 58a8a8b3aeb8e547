import type { Emit } from "../events/vocabulary.ts";
import { elapsedMs } from "../probe/elapsed.ts";
import { everyTick } from "../probe/ticks.ts";
import type { WorkloadSpec } from "../scenario/definition.ts";
import type { Random } from "../service/host.ts";
import type { RunningStack } from "../tier/tier.ts";
import { type OperationOutcome, operationValue, sendOperation } from "./http.ts";
import { readHistory } from "./read-back.ts";

/** Clients that have this many operations open send no more, and say so: a limit on sockets, not on the load. */
const OUTSTANDING_MAX = 200;
/** A tier that keeps an answer for longer than its time limit is not waited for any further. */
const GRACE_MS = 1_000;

export interface WorkloadContext {
  readonly stack: Pick<RunningStack, "request" | "clock">;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly random: Random;
}

export interface Workload {
  /**
   * Sends nothing more and resolves when every open operation has an outcome; may be called again.
   * @throws what went wrong in the harness itself, if anything did.
   */
  stop(): Promise<void>;
  /** Stops, then records what the system holds as `history.read`, or why that can't be known as `history.unreadable`. */
  readBack(): Promise<void>;
}

/**
 * Starts open-loop clients: an operation begins every `everyMs` whether or not earlier ones came back, because the
 * users of a broken system do not wait for it. The first comes at a random moment of the first period, so that
 * every seed tries another phase between operations and faults. Operations are called `<workload>-<n>`.
 */
export function startWorkload(
  spec: WorkloadSpec,
  { stack, emit, signal, random }: WorkloadContext,
): Workload {
  const { clock } = stack;
  const open = new Set<Promise<void>>();
  const stopping = new AbortController();
  const failures: unknown[] = [];
  const stopSending = () => stopping.abort();
  if (signal.aborted) stopSending();
  signal.addEventListener("abort", stopSending, { once: true });
  let sent = 0;
  let finished = false;

  const phaseMs = random.below(Math.max(1, Math.floor(spec.everyMs)));
  const schedule = everyTick(
    { clock, everyMs: spec.everyMs, phaseMs, signal: stopping.signal },
    invoke,
  ).catch((error: unknown) => void failures.push(error));

  function invoke(): void {
    sent += 1;
    const op = `${spec.id}-${sent}`;
    const value = operationValue(spec, op);
    const startedMs = clock.nowMs();
    emit({ kind: "op.invoke", workload: spec.id, op, value });
    const record = (outcome: OperationOutcome) => {
      if (finished) return;
      emit({ workload: spec.id, op, startedMs, latencyMs: elapsedMs(clock, startedMs), ...outcome });
    };
    if (open.size >= OUTSTANDING_MAX) {
      record({ kind: "op.fail", detail: `not sent: ${OUTSTANDING_MAX} operations are still open` });
      return;
    }
    const running: Promise<void> = sendOperation(spec, value, stack)
      .then(record)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => open.delete(running));
    open.add(running);
  }

  async function stop(): Promise<void> {
    signal.removeEventListener("abort", stopSending);
    stopping.abort();
    await schedule;
    const settled = new AbortController();
    await Promise.race([Promise.all(open), clock.sleep(spec.timeoutMs + GRACE_MS, settled.signal)]);
    settled.abort();
    finished = true;
    if (failures.length > 0) throw failures[0];
  }

  return {
    stop,
    readBack: async () => {
      await stop();
      emit(await readHistory(spec, stack, signal));
    },
  };
}
