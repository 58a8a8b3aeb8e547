import type { MockRequest, MockResponse } from "../core/http.ts";
import { countMessageTokens, createMessage } from "./anthropic/messages.ts";
import { listAnthropicModels, retrieveAnthropicModel } from "./anthropic/models.ts";
import { ollamaGenerate } from "./ollama/generate.ts";
import { ollamaLoaded, ollamaShow, ollamaTags, ollamaVersion } from "./ollama/models.ts";
import { chatCompletions } from "./openai/chat.ts";
import { completions } from "./openai/completions.ts";
import { embeddings } from "./openai/embeddings.ts";
import { listModels, retrieveModel } from "./openai/models.ts";
import { createResponse } from "./openai/responses.ts";
import type { Dialect } from "./prompt.ts";
import type { Call } from "./service.ts";
import { vllmHealth, vllmLoad, vllmMetrics, vllmTokenize, vllmVersion } from "./vllm/routes.ts";

type Body = Readonly<Record<string, unknown>>;

/** One endpoint. */
export interface Route {
  readonly dialect: Dialect;
  /** Does it want a key? Ollama and vLLM's own pages do not. */
  readonly keyed: boolean;
  /** What limits, faults and overloads are about: a route that makes the model work. */
  readonly works: boolean;
  run(call: Call, body: Body): MockResponse | Promise<MockResponse>;
}

const openai = (run: Route["run"], works = true): Route => ({ dialect: "openai", keyed: true, works, run });
const anthropic = (run: Route["run"], works = true): Route => ({
  dialect: "anthropic",
  keyed: true,
  works,
  run,
});
const ollama = (run: Route["run"], works = true): Route => ({ dialect: "ollama", keyed: false, works, run });
const page = (run: Route["run"]): Route => ({ dialect: "openai", keyed: false, works: false, run });

const ROUTES: Readonly<Record<string, Route>> = {
  "POST /v1/chat/completions": openai(chatCompletions),
  "POST /v1/completions": openai(completions),
  "POST /v1/responses": openai(createResponse),
  "POST /v1/embeddings": openai(embeddings),
  "POST /v1/messages": anthropic(createMessage),
  "POST /v1/messages/count_tokens": anthropic(countMessageTokens),
  "POST /api/chat": ollama((call, body) => ollamaGenerate(call, body, "chat")),
  "POST /api/generate": ollama((call, body) => ollamaGenerate(call, body, "generate")),
  "POST /api/show": ollama(ollamaShow, false),
  "GET /api/tags": ollama(ollamaTags, false),
  "GET /api/ps": ollama(ollamaLoaded, false),
  "GET /api/version": ollama(ollamaVersion, false),
  "GET /metrics": page(vllmMetrics),
  "GET /health": page(vllmHealth),
  "GET /ping": page(vllmHealth),
  "GET /version": page(vllmVersion),
  "GET /load": page(vllmLoad),
  "POST /tokenize": page(vllmTokenize),
};

/** Null: no such endpoint. Both big providers have /v1/models; only Anthropic's clients send a version. */
export function routeOf(request: MockRequest): Route | null {
  const { method, path } = request;
  if (method === "GET" && path === "/v1/models")
    return speaksAnthropic(request) ? anthropic(listAnthropicModels, false) : openai(listModels, false);
  const model = method === "GET" ? /^\/v1\/models\/(.+)$/.exec(path)?.[1] : undefined;
  if (model === undefined) return ROUTES[`${method} ${path}`] ?? null;
  const id = decodeURIComponent(model);
  return speaksAnthropic(request)
    ? anthropic((call) => retrieveAnthropicModel(call, id), false)
    : openai((call) => retrieveModel(call, id), false);
}

/** In which dialect an error is written where no endpoint is. */
export function dialectOf(request: MockRequest): Dialect {
  if (request.path.startsWith("/api/")) return "ollama";
  return speaksAnthropic(request) ? "anthropic" : "openai";
}

function speaksAnthropic({ headers }: MockRequest): boolean {
  return headers["anthropic-version"] !== undefined;
}
