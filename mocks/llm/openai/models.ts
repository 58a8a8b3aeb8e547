import { jsonResponse } from "../../core/http.ts";
import type { MockResponse } from "../../core/http.ts";
import { checkModel } from "../generate.ts";
import type { Call } from "../service.ts";
import { openAiHeaders } from "./headers.ts";

/** 2025-01-01T00:00:00Z, in seconds: when every model of the mock was made. */
const CREATED = 1_735_689_600;

/** GET /v1/models. `max_model_len`, `root` and `parent` are vLLM's additions. */
export function listModels(call: Call): MockResponse {
  const data = call.service.settings.models.map((id) => modelCard(call, id));
  return jsonResponse(200, { object: "list", data }, openAiHeaders(call));
}

/** GET /v1/models/{id} */
export function retrieveModel(call: Call, id: string): MockResponse {
  checkModel(call, id);
  return jsonResponse(200, modelCard(call, id), openAiHeaders(call));
}

function modelCard({ service }: Call, id: string) {
  const { contextTokens } = service.settings;
  return {
    id,
    object: "model",
    created: CREATED,
    owned_by: "firedrill",
    root: id,
    parent: null,
    max_model_len: contextTokens,
  };
}
