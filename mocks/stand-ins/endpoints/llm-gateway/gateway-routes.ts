import { json } from "../../../../harness/service/http.ts";
import type { HttpResponse } from "../../../../harness/service/http.ts";
import { metricsText, single } from "../../parts/metrics-text.ts";
import { BadRequest, countField, textField } from "../../parts/router.ts";
import type { RouteInput, Routes } from "../../parts/router.ts";
import { answer } from "./answer.ts";
import type { Gateway, Question } from "./answer.ts";
import type { Delivery, Ledger } from "./ledger.ts";
import type { Traffic } from "./traffic.ts";

const MAX_PROMPT = 100_000;
const DEFAULT_TOKENS = 32;
const MAX_TOKENS = 4_096;
/** Questions under way at once; more are refused. */
const MAX_UNDER_WAY = 256;

/** The gateway's API: see ../README.md. */
export function gatewayRoutes(gateway: Gateway, ledger: Ledger, traffic: Traffic): Routes {
  const { host, settings, routing } = gateway;
  const breakerOf = (name: "primary" | "fallback") => routing.routes[name].breaker.state(host.clock.nowMs());
  const status = () => ({
    breaker: breakerOf("primary"),
    fallbackBreaker: breakerOf("fallback"),
    preferred: routing.preferred(),
    fallbackAllowance: routing.allowance(),
    ...traffic.shares(host.clock.nowMs()),
  });
  const underWay = new Map<string, Promise<HttpResponse>>();

  /** Asks once for each key, however often it comes. */
  const deliver = async (key: string, question: Question): Promise<HttpResponse> => {
    const before = ledger.find(key);
    if (before !== undefined) return delivered(before);
    const same = underWay.get(key);
    if (same !== undefined) return same;
    if (underWay.size >= MAX_UNDER_WAY) return json(503, { error: "too many requests under way" });
    const asking = ask(key, question).finally(() => underWay.delete(key));
    underWay.set(key, asking);
    return asking;
  };
  const ask = async (key: string, question: Question): Promise<HttpResponse> => {
    const said = await answer(gateway, question);
    traffic.add(said, host.clock.nowMs());
    if (said.from === "refused") return json(said.status, { error: said.why });
    const noted = ledger.add(key, said);
    return noted === null ? json(503, { error: "the ledger is full" }) : delivered(noted);
  };

  return {
    "POST /v1/chat/completions": ({ body }) => deliver(textField(body, "key"), readQuestion(body)),
    "GET /ledger": () =>
      json(
        200,
        ledger.list().map(({ key, id, from, ageMs }) => ({ key, id, from, ageMs })),
      ),
    "GET /health": () => json(200, { service: "llm-gateway", name: host.name }),
    "GET /healthz": () => {
      const { errorRate } = status();
      return json(errorRate > settings.maxErrorRate ? 503 : 200, { errorRate });
    },
    "GET /status": () => json(200, status()),
    "GET /metrics": () => {
      const { errorRate, retryRate, fallbackShare, cacheShare } = status();
      return metricsText([
        single("gauge", "gateway_error_rate", "Share of refused requests.", errorRate),
        single("gauge", "gateway_retry_rate", "Retries per request.", retryRate),
        single("gauge", "gateway_fallback_share", "Share answered by the fallback.", fallbackShare),
        single("gauge", "gateway_cache_share", "Share answered from the cache.", cacheShare),
        single(
          "gauge",
          "gateway_breaker_open",
          "1 unless closed.",
          Number(breakerOf("primary") !== "closed"),
        ),
      ]);
    },
    "POST /prefer": ({ body }) => {
      const name = body["provider"];
      if (name !== "primary" && name !== "fallback")
        throw new BadRequest('provider must be "primary" or "fallback"');
      routing.prefer(name);
      host.log("the operator chose", { provider: name });
      return json(200, status());
    },
  };
}

/** OpenAI's body, or a plain `prompt`. */
function readQuestion(body: RouteInput["body"]): Question {
  const messages = Array.isArray(body["messages"]) ? body["messages"] : [];
  const last: unknown = messages.at(-1);
  const content = typeof last === "object" && last !== null && "content" in last ? last.content : null;
  const prompt = body["prompt"] ?? content;
  if (typeof prompt !== "string" || prompt === "" || prompt.length > MAX_PROMPT)
    throw new BadRequest(`prompt, or the last message, must be a text of at most ${MAX_PROMPT} characters`);
  const maxTokens = countField(body, "max_completion_tokens", MAX_TOKENS, DEFAULT_TOKENS);
  return { prompt, maxTokens: Math.max(1, maxTokens), cache: body["cache"] !== false };
}

/** A completion in OpenAI's shape. Where it came from stands beside it: who gets a kept answer must see it. */
function delivered({ key, id, from, text, ageMs }: Delivery): HttpResponse {
  const message = { role: "assistant", content: text };
  const choices = [{ index: 0, message, finish_reason: "stop" }];
  return json(200, { object: "chat.completion", id, key, from, ageMs, choices });
}
