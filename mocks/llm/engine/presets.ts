/** How fast a model runs on a card. Times in ms for one request of 256 tokens on an idle engine. */
export interface EnginePreset {
  readonly ttftMs: { readonly low: number; readonly high: number };
  readonly itlMs: { readonly low: number; readonly high: number };
}

/** The prompt that the times below were taken with. */
export const PRESET_PROMPT_TOKENS = 256;

/** From the latency tables that llm-d-inference-sim publishes (batch 1). */
export const ENGINE_PRESETS: Readonly<Record<string, EnginePreset>> = {
  "8b-h100": { ttftMs: { low: 60, high: 120 }, itlMs: { low: 10, high: 15 } },
  "8b-a100": { ttftMs: { low: 100, high: 180 }, itlMs: { low: 15, high: 25 } },
  "8b-l40s": { ttftMs: { low: 180, high: 280 }, itlMs: { low: 25, high: 35 } },
  "70b-h100x4": { ttftMs: { low: 250, high: 400 }, itlMs: { low: 25, high: 40 } },
  "405b-h100x8": { ttftMs: { low: 600, high: 1_400 }, itlMs: { low: 60, high: 100 } },
};
