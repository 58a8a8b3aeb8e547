import { parseObject } from "../../parts/router.ts";

/** How a provider is spoken to. */
export interface Dialect {
  readonly path: string;
  headers(key: string): Record<string, string>;
  body(model: string, prompt: string, maxTokens: number): object;
  /** What the model said; null when the answer is none. */
  text(body: string): string | null;
}

/** OpenAI's chat completions and Anthropic's messages, as far as one question and one answer go. */
export const DIALECTS: Readonly<Record<"openai" | "anthropic", Dialect>> = {
  openai: {
    path: "/v1/chat/completions",
    headers: (key) => ({ authorization: `Bearer ${key}` }),
    body: (model, prompt, maxTokens) => ({
      model,
      max_completion_tokens: maxTokens,
      messages: [{ role: "user", content: prompt }],
    }),
    text: (body) => textAt(parseObject(body), ["choices", 0, "message", "content"]),
  },
  anthropic: {
    path: "/v1/messages",
    headers: (key) => ({ "x-api-key": key, "anthropic-version": "2023-06-01" }),
    body: (model, prompt, maxTokens) => ({
      model,
      max_tokens: maxTokens,
      messages: [{ role: "user", content: prompt }],
    }),
    text: (body) => textAt(parseObject(body), ["content", 0, "text"]),
  },
};

function textAt(value: unknown, path: readonly (string | number)[]): string | null {
  let at: unknown = value;
  for (const step of path) {
    if (typeof at !== "object" || at === null) return null;
    at = (at as Record<string | number, unknown>)[step];
  }
  return typeof at === "string" ? at : null;
}
