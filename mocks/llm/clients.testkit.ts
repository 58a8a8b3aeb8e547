import Anthropic from "@anthropic-ai/sdk";
import { createOpenAI } from "@ai-sdk/openai";
import AnthropicOld from "anthropic-sdk-2023";
import { Ollama } from "ollama";
import OpenAI from "openai";
import OpenAIOld from "openai-6";
import { reachByMsw, reachBySockets } from "../core/reach.testkit.ts";
import type { Reach, ReachedBy } from "../core/reach.testkit.ts";
import { llmMock } from "./llm.ts";

const reach: Reach<{
  /** Null: the clients' own https addresses lead to it. */
  readonly origin: string | null;
}> = {
  definition: llmMock,
  mode: { kind: "run", scale: 1 },
  where: (ports) => ({ origin: ports === null ? null : `http://127.0.0.1:${ports["api"]}` }),
};

/** The mounts that unmodified clients can meet, by name. */
export const REACH = { ...reachBySockets(reach), msw: reachByMsw(reach) } as const;
export type Reached = ReachedBy<typeof REACH>;

interface ClientOptions {
  readonly apiKey?: string;
  readonly timeout?: number;
  readonly maxRetries?: number;
}

/** The clients as anybody would make them. */
export function clientsOf({ origin }: Reached, options: ClientOptions = {}) {
  const common = { apiKey: "sk-test", logLevel: "off" as const, ...options };
  return {
    openai: new OpenAI({ ...common, ...(origin === null ? {} : { baseURL: `${origin}/v1` }) }),
    openaiOld: new OpenAIOld({
      ...common,
      ...(origin === null ? {} : { baseURL: `${origin}/v1` }),
    }) as unknown as OpenAI,
    anthropic: new Anthropic({ ...common, ...(origin === null ? {} : { baseURL: origin }) }),
    // The calls of the tests have the same types in both.
    anthropicOld: new AnthropicOld({
      ...common,
      ...(origin === null ? {} : { baseURL: origin }),
    }) as unknown as Anthropic,
    ai: createOpenAI({ apiKey: common.apiKey, ...(origin === null ? {} : { baseURL: `${origin}/v1` }) }),
    ollama: new Ollama({ host: origin ?? "http://127.0.0.1:11434" }),
  };
}

export type Clients = ReturnType<typeof clientsOf>;
