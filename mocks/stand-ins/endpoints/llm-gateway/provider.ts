import type { Host } from "../../../../harness/service/host.ts";
import { RequestError } from "../../../../harness/service/http.ts";
import type { HttpResponse } from "../../../../harness/service/http.ts";
import type { Dialect } from "./dialects.ts";

export type ProviderName = "primary" | "fallback";

export interface Provider {
  readonly name: ProviderName;
  readonly url: string;
  readonly key: string;
  readonly model: string;
  readonly dialect: Dialect;
}

/** `busy`: asking again may help, after `waitMs` if it said so. `wrong`: the request itself is at fault. */
export type Said =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "busy"; readonly why: string; readonly waitMs: number | null }
  | { readonly kind: "wrong"; readonly status: number; readonly why: string };

/** What both SDKs repeat: mocks/llm/retries.test.ts. */
const RETRIED = new Set([408, 409, 429]);

/** Asks a provider once. Never throws for what a provider can do. */
export async function askProvider(
  host: Host,
  { url, key, model, dialect }: Provider,
  question: { readonly prompt: string; readonly maxTokens: number },
  timeoutMs: number,
): Promise<Said> {
  try {
    const response = await host.request({
      method: "POST",
      url: `${url}${dialect.path}`,
      headers: { "content-type": "application/json", ...dialect.headers(key) },
      body: JSON.stringify(dialect.body(model, question.prompt, question.maxTokens)),
      timeoutMs,
    });
    return readAnswer(response, dialect);
  } catch (error) {
    if (error instanceof RequestError) return { kind: "busy", why: error.failure, waitMs: null };
    throw error;
  }
}

function readAnswer({ status, headers, body }: HttpResponse, dialect: Dialect): Said {
  if (status === 200) {
    const text = dialect.text(body);
    return text === null ? { kind: "busy", why: "no answer in it", waitMs: null } : { kind: "text", text };
  }
  const why = `${status}: ${body.slice(0, 100)}`;
  if (status < 500 && !RETRIED.has(status)) return { kind: "wrong", status, why };
  return { kind: "busy", why, waitMs: readWaitMs(headers) };
}

function readWaitMs(headers: Readonly<Record<string, string>>): number | null {
  const ms = Number(headers["retry-after-ms"] ?? NaN);
  const seconds = Number(headers["retry-after"] ?? NaN);
  if (Number.isFinite(ms)) return ms;
  return Number.isFinite(seconds) ? seconds * 1_000 : null;
}
