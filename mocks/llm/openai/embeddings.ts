import { keyedRandom } from "../../../harness/service/random.ts";
import { jsonResponse } from "../../core/http.ts";
import type { MockResponse } from "../../core/http.ts";
import { normal } from "../../core/random.ts";
import { textField } from "../body.ts";
import { refuse } from "../failure.ts";
import { checkModel } from "../generate.ts";
import type { Call } from "../service.ts";
import { countTokens } from "../tokens.ts";
import { openAiHeaders } from "./headers.ts";

type Body = Readonly<Record<string, unknown>>;
/** Of text-embedding-3-small. */
const DIMENSIONS = 1_536;
/** OpenAI's limit for one request. */
const MAX_INPUTS = 2_048;

/** POST /v1/embeddings: a seeded hash of the text on the unit sphere, so equal texts have equal vectors and no others. */
export function embeddings(call: Call, body: Body): MockResponse {
  const model = textField(body, "model");
  checkModel(call, model);
  const inputs = Array.isArray(body["input"]) ? (body["input"] as unknown[]) : [body["input"]];
  if (inputs.length > MAX_INPUTS || inputs.some((input) => typeof input !== "string" || input === ""))
    refuse("bad_request", { param: "input", message: "'$.input' is invalid." });
  const dimensions = typeof body["dimensions"] === "number" ? body["dimensions"] : DIMENSIONS;
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > DIMENSIONS)
    refuse("bad_request", { param: "dimensions", message: `dimensions: must be 1 to ${DIMENSIONS}` });
  const texts = inputs as string[];
  const promptTokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
  const waitMs = call.buckets.requests.take(1, call.service.world.clock.nowMs());
  if (waitMs > 0) refuse("rate_requests", { retryAfterMs: Math.ceil(waitMs) });
  call.service.ledger.add(model, promptTokens, 0);
  const value = {
    object: "list",
    data: texts.map((text, index) => {
      const vector = vectorOf(call.service.world.seed, text, dimensions);
      const embedding = body["encoding_format"] === "base64" ? base64(vector) : vector;
      return { object: "embedding", index, embedding };
    }),
    model,
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
  };
  return jsonResponse(200, value, openAiHeaders(call));
}

function vectorOf(seed: number, text: string, dimensions: number): number[] {
  const random = keyedRandom(seed, `llm/embedding/${text}`);
  const raw = Array.from({ length: dimensions }, () => normal(random));
  const length = Math.sqrt(raw.reduce((sum, value) => sum + value * value, 0));
  return raw.map((value) => Math.fround(value / length));
}

/** Little-endian 32-bit floats: what the official clients ask for. */
function base64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, at) => bytes.writeFloatLE(value, at * 4));
  return bytes.toString("base64");
}
