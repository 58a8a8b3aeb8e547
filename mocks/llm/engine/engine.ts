import { FiredrillError } from "../../../harness/error.ts";
import type { Random } from "../../../harness/service/host.ts";
import type { FaultSubject, MockWorld } from "../../core/mock.ts";
import { logNormal } from "../../core/random.ts";
import { refuse } from "../failure.ts";
import type { LlmSettings } from "../settings.ts";
import { createKvCache } from "./kv-cache.ts";
import type { KvCache } from "./kv-cache.ts";
import { createEngineMetrics } from "./metrics.ts";
import type { EngineMetrics } from "./metrics.ts";
import { ENGINE_PRESETS, PRESET_PROMPT_TOKENS } from "./presets.ts";

/** Half of the time to the first token does not depend on the prompt's length. Ours. */
const OVERHEAD_SHARE = 0.5;
/** With every slot taken, a decoding step takes twice as long. Ours: batching is nearly free, not free. */
const FULL_BATCH_SLOWDOWN = 1;

/** One request in the engine. */
export interface Generation {
  /** Waits for the next token, or for as many of `limit` as come at the same moment. Returns how many. */
  next(limit: number): Promise<number>;
  /** Frees the slot and counts the request; `why` as vLLM says it. Idempotent. */
  end(why: "stop" | "length" | "abort"): void;
}

/** A continuous-batching engine in the manner of vLLM: slots, a queue, KV blocks, steps that slow down under load. */
export interface Engine {
  readonly metrics: EngineMetrics;
  /** Waits for a slot and the first token's time. @throws ApiError `overloaded` when the queue is full. */
  start(job: EngineJob): Promise<Generation>;
  state(): { running: number; waiting: number; kvUsage: number; preemptions: number };
}

export interface EngineJob {
  readonly model: string;
  readonly inputTokens: number;
  readonly maxTokens: number | null;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly subject: FaultSubject;
}

export function createEngine({ clock, faults }: MockWorld, settings: LlmSettings): Engine {
  const preset =
    settings.engine === "off" ? null : (ENGINE_PRESETS[settings.engine] ?? unknownPreset(settings.engine));
  const kv: KvCache = createKvCache(settings.kvTokens, () =>
    Number(faults.standing("kv.exhaustion")?.params["left"] ?? 1),
  );
  const waiting: { readonly admit: () => boolean }[] = [];
  let running = 0;
  let preemptions = 0;
  const slots = preset === null ? Infinity : settings.slots;
  const state = () => ({ running, waiting: waiting.length, kvUsage: kv.usage(), preemptions });
  const metrics = createEngineMetrics(state, settings);

  const admitNext = () => {
    while (waiting[0] !== undefined && waiting[0].admit()) waiting.shift();
  };
  /** A slot and the prompt's KV blocks; at the queue's end, or at its head for who was preempted. False: gave up. */
  const enter = (tokens: number, signal: AbortSignal, first: boolean) =>
    new Promise<boolean>((resolve) => {
      const admit = () => {
        if (signal.aborted) return true;
        // A prompt that is larger than the whole cache runs alone.
        if (running >= slots || !(kv.claim(tokens) || (running === 0 && kv.force(tokens)))) return false;
        running += 1;
        resolve(true);
        return true;
      };
      if (signal.aborted) return resolve(false);
      if ((first || waiting.length === 0) && admit()) return;
      const entry = { admit };
      if (first) waiting.unshift(entry);
      else waiting.push(entry);
      signal.addEventListener("abort", () => {
        const at = waiting.indexOf(entry);
        if (at >= 0) waiting.splice(at, 1);
        resolve(false);
      });
    });
  const slow = (subject: FaultSubject) =>
    Number(faults.standing("engine.slow", subject)?.params["factor"] ?? 1);

  const prefillMs = (tokens: number, { random, subject }: EngineJob) => {
    const fault = faults.take("ttft", subject);
    if (fault !== null)
      return logNormal(fault.random, Number(fault.params["mean"]), Number(fault.params["sigma"]));
    if (preset === null) return 0;
    const { low, high } = preset.ttftMs;
    const mean =
      ((low + high) / 2) * (OVERHEAD_SHARE + ((1 - OVERHEAD_SHARE) * tokens) / PRESET_PROMPT_TOKENS);
    // `low` and `high` lie two deviations from the middle.
    return slow(subject) * logNormal(random, mean, Math.log(high / low) / 4);
  };
  const stepMs = (itlMs: number | null, { random, subject }: EngineJob) => {
    if (itlMs !== null) return itlMs;
    if (preset === null) return 0;
    const { low, high } = preset.itlMs;
    const load = 1 + (FULL_BATCH_SLOWDOWN * (running - 1)) / settings.slots;
    return slow(subject) * load * (low + (high - low) * random.next());
  };

  return {
    metrics,
    state,
    async start(job) {
      const { inputTokens, signal } = job;
      if (waiting.length >= settings.maxQueue) refuse("overloaded");
      const arrivedMs = clock.nowMs();
      let ended = !(await enter(inputTokens, signal, false));
      const startedMs = clock.nowMs();
      let dueMs = startedMs + prefillMs(inputTokens, job);
      const itlFault = faults.take("itl", job.subject);
      const itlMs = itlFault === null ? null : Number(itlFault.params["mean"]);
      let held = inputTokens;
      let produced = 0;
      let lastMs = startedMs;
      let firstMs = startedMs;

      const leave = () => {
        running -= 1;
        kv.release(held);
        admitNext();
      };
      const grow = async () => {
        if (kv.claim(1)) return void (held += 1);
        if (running === 1 && kv.force(1)) return void (held += 1);
        // No block is left: this request gives all of its own back and computes them again later (vLLM's recompute).
        preemptions += 1;
        const again = held + 1;
        leave();
        ended = !(await enter(again, signal, true));
        held = again;
        dueMs = clock.nowMs() + prefillMs(again, job);
      };
      return {
        async next(limit) {
          // Without an engine to wait for, and with room for all, there is nothing between the tokens.
          const burst = preset === null && itlMs === null && produced > 0 && limit > 1 && kv.claim(limit);
          if (burst) {
            held += limit;
            metrics.nextToken(0, limit);
            produced += limit;
            return limit;
          }
          if (produced > 0) {
            dueMs += stepMs(itlMs, job);
            await grow();
          }
          await clock.sleepUntil(dueMs, signal);
          const nowMs = clock.nowMs();
          if (produced === 0) {
            firstMs = nowMs;
            metrics.firstToken(nowMs - arrivedMs);
          } else metrics.nextToken(nowMs - lastMs);
          lastMs = nowMs;
          produced += 1;
          return 1;
        },
        end(why) {
          if (ended) return;
          ended = true;
          leave();
          metrics.ended({ ...job, produced, why, arrivedMs, startedMs, firstMs, endMs: clock.nowMs() });
        },
      };
    },
  };
}

function unknownPreset(received: string): never {
  throw new FiredrillError("USAGE_FLAG", "there is no such engine", {
    received,
    expected: `off, ${Object.keys(ENGINE_PRESETS).join(", ")}`,
  });
}
