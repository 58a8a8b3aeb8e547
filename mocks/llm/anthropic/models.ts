import { jsonResponse } from "../../core/http.ts";
import type { MockResponse } from "../../core/http.ts";
import { checkModel } from "../generate.ts";
import type { Call } from "../service.ts";
import { anthropicHeaders } from "./headers.ts";
import { isNullable, readVersion } from "./version.ts";

/** GET /v1/models: one page holds them all. */
export function listAnthropicModels(call: Call): MockResponse {
  readVersion(call.request);
  const data = call.service.settings.models.map((id) => modelCard(call, id));
  const value = { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
  return jsonResponse(200, value, anthropicHeaders(call));
}

/** GET /v1/models/{id} */
export function retrieveAnthropicModel(call: Call, id: string): MockResponse {
  readVersion(call.request);
  checkModel(call, id);
  return jsonResponse(200, modelCard(call, id), anthropicHeaders(call));
}

function modelCard({ service, request }: Call, id: string) {
  const { contextTokens } = service.settings;
  const card = { type: "model", id, display_name: id, created_at: "2025-01-01T00:00:00Z" };
  if (!isNullable(readVersion(request))) return card;
  return {
    ...card,
    capabilities: null,
    deprecated_at: null,
    lifecycle: "active",
    line: null,
    max_input_tokens: contextTokens,
    max_tokens: contextTokens,
    retires_at: null,
  };
}
