import Anthropic from "@anthropic-ai/sdk";
import { createOpenAI } from "@ai-sdk/openai";
import AnthropicOld from "anthropic-sdk-2023";
import { Ollama } from "ollama";
import OpenAI from "openai";
import { setupServer } from "msw/node";
import type { ClockMode } from "../core/clock.ts";
import { FREE_PORTS, testMock } from "../core/echo.testkit.ts";
import type { RunningMock } from "../core/life.ts";
import { mswHandlers } from "../core/mount/msw.ts";
import { interceptSockets } from "../core/mount/socket.ts";
import { serveMock } from "../core/mount/standalone.ts";
import type { MockDefinition } from "../core/mock.ts";
import { llmMock } from "./llm.ts";

/** A mock with the ways to reach it. */
export interface Reached {
  readonly mock: RunningMock;
  /** Null: the clients' own https addresses lead to it. */
  readonly origin: string | null;
  close(): Promise<void> | void;
}

export interface ReachOptions {
  readonly mode?: ClockMode;
  readonly settings?: Record<string, string>;
  readonly definition?: MockDefinition;
}

const run: ClockMode = { kind: "run", scale: 1 };

/** The mounts that unmodified clients can meet, by name. */
export const REACH = {
  standalone: async ({
    mode = run,
    settings = {},
    definition = llmMock,
  }: ReachOptions = {}): Promise<Reached> => {
    const mock = testMock(definition, { mode, settings });
    const server = await serveMock(mock, FREE_PORTS);
    return { mock, origin: `http://127.0.0.1:${server.ports["api"]}`, close: server.close };
  },
  "socket interceptor": async ({ mode = run, settings = {}, definition = llmMock }: ReachOptions = {}) => {
    const mock = testMock(definition, { mode, settings });
    return { mock, origin: null, close: interceptSockets(mock).restore } satisfies Reached;
  },
  msw: async ({ mode = run, settings = {}, definition = llmMock }: ReachOptions = {}) => {
    const mock = testMock(definition, { mode, settings });
    const server = setupServer(...mswHandlers(mock));
    server.listen();
    return { mock, origin: null, close: () => server.close() } satisfies Reached;
  },
} as const;

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
