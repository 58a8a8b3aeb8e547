import { Histogram } from "../../core/metrics-text.ts";
import type { Labels, MetricFamily } from "../../core/metrics-text.ts";
import type { LlmSettings } from "../settings.ts";
import { E2E_BUCKETS, TOKEN_BUCKETS, TPOT_BUCKETS, TTFT_BUCKETS } from "./buckets.ts";

/** One request that has left the engine; times in ms of the mock's clock. */
export interface EndedRequest {
  readonly model: string;
  readonly inputTokens: number;
  readonly maxTokens: number | null;
  readonly produced: number;
  readonly why: "stop" | "length" | "abort";
  readonly arrivedMs: number;
  readonly startedMs: number;
  readonly firstMs: number;
  readonly endMs: number;
}

/** vLLM's metrics (V1, with its `engine` label), from what the engine really did. */
export interface EngineMetrics {
  /** Since the request arrived: with its time in the queue, as a client sees it. */
  firstToken(ms: number): void;
  nextToken(ms: number, times?: number): void;
  ended(request: EndedRequest): void;
  families(): MetricFamily[];
}

interface Load {
  readonly running: number;
  readonly waiting: number;
  readonly kvUsage: number;
  readonly preemptions: number;
}

export function createEngineMetrics(
  load: () => Load,
  { models, kvTokens, vllm }: LlmSettings,
): EngineMetrics {
  const labels: Labels = { model_name: models[0] ?? "model", engine: "0" };
  const histograms = {
    time_to_first_token_seconds: new Histogram(TTFT_BUCKETS),
    inter_token_latency_seconds: new Histogram(TPOT_BUCKETS),
    request_time_per_output_token_seconds: new Histogram(TPOT_BUCKETS),
    e2e_request_latency_seconds: new Histogram(E2E_BUCKETS),
    request_queue_time_seconds: new Histogram(E2E_BUCKETS),
    request_prefill_time_seconds: new Histogram(E2E_BUCKETS),
    request_decode_time_seconds: new Histogram(E2E_BUCKETS),
    request_inference_time_seconds: new Histogram(E2E_BUCKETS),
    request_prompt_tokens: new Histogram(TOKEN_BUCKETS),
    request_generation_tokens: new Histogram(TOKEN_BUCKETS),
    request_params_max_tokens: new Histogram(TOKEN_BUCKETS),
  };
  const success = new Map([
    ["stop", 0],
    ["length", 0],
    ["abort", 0],
  ]);
  let promptTokens = 0;
  let generatedTokens = 0;

  const gauge = (name: string, help: string, value: number): MetricFamily => ({
    name: `vllm:${name}`,
    help,
    type: "gauge",
    samples: [{ labels, value }],
  });
  const counter = (name: string, help: string, value: number): MetricFamily => ({
    name: `vllm:${name}`,
    help,
    type: "counter",
    samples: [{ labels, value }],
  });

  return {
    firstToken: (ms) => histograms.time_to_first_token_seconds.observe(ms / 1_000),
    nextToken: (ms, times) => histograms.inter_token_latency_seconds.observe(ms / 1_000, times),
    ended({ inputTokens, maxTokens, produced, why, arrivedMs, startedMs, firstMs, endMs }) {
      promptTokens += inputTokens;
      generatedTokens += produced;
      success.set(why, (success.get(why) ?? 0) + 1);
      const seconds = (from: number, to: number) => (to - from) / 1_000;
      histograms.e2e_request_latency_seconds.observe(seconds(arrivedMs, endMs));
      histograms.request_queue_time_seconds.observe(seconds(arrivedMs, startedMs));
      histograms.request_prefill_time_seconds.observe(seconds(startedMs, firstMs));
      histograms.request_decode_time_seconds.observe(seconds(firstMs, endMs));
      histograms.request_inference_time_seconds.observe(seconds(startedMs, endMs));
      if (produced > 1)
        histograms.request_time_per_output_token_seconds.observe(seconds(firstMs, endMs) / (produced - 1));
      histograms.request_prompt_tokens.observe(inputTokens);
      histograms.request_generation_tokens.observe(produced);
      if (maxTokens !== null) histograms.request_params_max_tokens.observe(maxTokens);
    },
    families() {
      const { running, waiting, kvUsage, preemptions } = load();
      const kvName = vllm === "v0" ? "gpu_cache_usage_perc" : "kv_cache_usage_perc";
      return [
        gauge("num_requests_running", "Requests in the running batch.", running),
        gauge("num_requests_waiting", "Requests waiting to be processed.", waiting),
        gauge(kvName, "KV-cache usage. 1 means 100 percent usage.", kvUsage),
        {
          name: "vllm:cache_config_info",
          help: "Information of the LLMEngine CacheConfig.",
          type: "gauge",
          samples: [
            {
              labels: { ...labels, block_size: "16", num_gpu_blocks: String(Math.ceil(kvTokens / 16)) },
              value: 1,
            },
          ],
        },
        counter("prompt_tokens_total", "Prefill tokens processed.", promptTokens),
        counter("generation_tokens_total", "Generation tokens processed.", generatedTokens),
        counter("num_preemptions_total", "Preemptions by the engine.", preemptions),
        {
          name: "vllm:request_success_total",
          help: "Requests processed, by reason.",
          type: "counter",
          samples: [...success].map(([reason, value]) => ({
            labels: { ...labels, finished_reason: reason },
            value,
          })),
        },
        ...Object.entries(histograms).map(([name, histogram]): MetricFamily => ({
          name: `vllm:${name}`,
          help: `${name.replaceAll("_", " ")}.`,
          type: "histogram",
          samples: [{ labels, histogram }],
        })),
      ];
    },
  };
}
