import type { Engine, Generation } from "./engine/engine.ts";
import { refuse } from "./failure.ts";
import type { Dialect, Prompt } from "./prompt.ts";
import { composeReply } from "./reply.ts";
import type { Reply } from "./reply.ts";
import type { Call } from "./service.ts";

/** Tokens as the provider bills them; null where a fault hides them. */
export interface Usage {
  readonly input: number;
  readonly output: number;
}

/** A model that has begun to speak. */
export interface Speech {
  readonly reply: Reply;
  readonly usage: Usage | null;
  /** The reply's tokens, as they come from the engine. */
  tokens(): AsyncGenerator<readonly string[], void>;
  /** Waits for all of them. */
  whole(): Promise<void>;
  /** Gives the slot back. For who leaves before the end, or never begins; else it happens by itself. */
  end(): void;
}

/** Meets a prompt with limits, faults and the engine. @throws ApiError */
export async function speak(call: Call, prompt: Prompt, dialect: Dialect): Promise<Speech> {
  const { service, exchange } = call;
  checkModel(call, prompt.model);
  checkContext(call, prompt);
  spendLimits(call, prompt, dialect);
  const reply = composeReply(prompt, exchange.random, {
    fault: exchange.fault,
    fixed: service.fixed,
  });
  const generation = await start(service.engine, call, prompt);
  const { signal } = exchange;
  const end = () => {
    // A signal that nobody aborts would hold on to the whole answer.
    signal.removeEventListener("abort", end);
    generation.end(signal.aborted ? "abort" : reply.finish === "length" ? "length" : "stop");
  };
  const output = reply.tokens.length;
  service.ledger.add(prompt.model, prompt.inputTokens, output);
  call.buckets.output.spend(output, service.world.clock.nowMs());

  signal.addEventListener("abort", end, { once: true });

  async function* tokens(): AsyncGenerator<readonly string[], void> {
    try {
      for (let at = 0; at < output;) {
        const count = await generation.next(output - at);
        if (signal.aborted) return;
        yield reply.tokens.slice(at, (at += count));
      }
    } finally {
      end();
    }
  }
  return {
    reply,
    usage: usageOf(call, prompt.inputTokens, output),
    tokens,
    async whole() {
      try {
        for (let left = output; left > 0 && !signal.aborted;) left -= await generation.next(left);
      } finally {
        end();
      }
    },
    end,
  };
}

/** The same prompt answered so many times. What began is ended when a later one is refused. @throws ApiError */
export async function speakTimes(
  call: Call,
  prompt: Prompt,
  dialect: Dialect,
  times: number,
): Promise<Speech[]> {
  const speeches: Speech[] = [];
  try {
    while (speeches.length < times) speeches.push(await speak(call, prompt, dialect));
    return speeches;
  } catch (error) {
    for (const speech of speeches) speech.end();
    throw error;
  }
}

function start(engine: Engine, { exchange }: Call, prompt: Prompt): Promise<Generation> {
  const { model, inputTokens, maxTokens } = prompt;
  const { random, signal, subject } = exchange;
  return engine.start({ model, inputTokens, maxTokens, random, signal, subject });
}

/** @throws ApiError */
export function checkModel({ service, exchange }: Call, model: string): void {
  if (!service.settings.models.includes(model) || exchange.fault("model.missing") !== null)
    refuse("model_not_found", { param: model });
}

function checkContext({ service, exchange }: Call, { inputTokens, maxTokens }: Prompt): void {
  const fault = exchange.fault("contextLength");
  const limit = fault === null ? service.settings.contextTokens : Number(fault.params["tokens"]);
  if (inputTokens + (fault === null ? (maxTokens ?? 0) : 0) > limit)
    refuse("context_length", {
      message: `This model's maximum context length is ${limit} tokens, but your request asks for ${inputTokens}.`,
    });
}

/** OpenAI reserves what the answer may be at most; Anthropic counts output as it is made. */
function spendLimits({ service, buckets }: Call, { inputTokens, maxTokens }: Prompt, dialect: Dialect): void {
  if (dialect === "ollama") return;
  const nowMs = service.world.clock.nowMs();
  const take = (name: "requests" | "tokens" | "input", amount: number) => {
    const waitMs = buckets[name].take(amount, nowMs);
    if (waitMs > 0)
      refuse(name === "requests" ? "rate_requests" : "rate_tokens", { retryAfterMs: Math.ceil(waitMs) });
  };
  take("requests", 1);
  if (dialect === "openai") take("tokens", inputTokens + (maxTokens ?? 16));
  else {
    take("input", inputTokens);
    if (buckets.output.remaining(nowMs) <= 0)
      refuse("rate_tokens", { retryAfterMs: Math.ceil(buckets.output.fullInMs(nowMs)) });
  }
}

function usageOf({ exchange }: Call, input: number, output: number): Usage | null {
  const fault = exchange.fault("usage");
  if (fault === null) return { input, output };
  return fault.params["how"] === "missing" ? null : { input: input * 10, output: output * 10 };
}
