import { hashText } from "../../../harness/service/random.ts";
import { jsonResponse } from "../../core/http.ts";
import type { MockResponse } from "../../core/http.ts";
import { textField } from "../body.ts";
import { checkModel } from "../generate.ts";
import type { Call } from "../service.ts";

/** Shapes as Ollama's API document gives them; sizes and digests are made up (fidelity: stubbed). */
const DETAILS = {
  parent_model: "",
  format: "gguf",
  family: "llama",
  families: ["llama"],
  parameter_size: "3.2B",
  quantization_level: "Q4_K_M",
};
const SIZE_BYTES = 2_019_393_189;
const MODIFIED = "2025-01-01T00:00:00Z";

function card(name: string) {
  const digest = hashText(name).toString(16).padStart(8, "0").repeat(8);
  return { name, model: name, modified_at: MODIFIED, size: SIZE_BYTES, digest, details: DETAILS };
}

/** GET /api/tags */
export function ollamaTags({ service }: Call): MockResponse {
  return jsonResponse(200, { models: service.settings.models.map(card) });
}

/** GET /api/ps: every model is loaded. */
export function ollamaLoaded({ service }: Call): MockResponse {
  const expires = new Date(service.world.clock.wallMs() + 300_000).toISOString();
  const models = service.settings.models.map((name) => {
    const { modified_at: _, ...rest } = card(name);
    return { ...rest, expires_at: expires, size_vram: SIZE_BYTES };
  });
  return jsonResponse(200, { models });
}

/** POST /api/show */
export function ollamaShow(call: Call, body: Readonly<Record<string, unknown>>): MockResponse {
  const model = textField(body, "model");
  checkModel(call, model);
  return jsonResponse(200, {
    license: "",
    modelfile: `FROM ${model}`,
    parameters: "",
    template: "{{ .Prompt }}",
    details: DETAILS,
    model_info: {
      "general.architecture": "llama",
      "llama.context_length": call.service.settings.contextTokens,
    },
    capabilities: ["completion", "tools"],
    modified_at: MODIFIED,
  });
}

/** GET /api/version */
export function ollamaVersion(): MockResponse {
  return jsonResponse(200, { version: "0.12.0" });
}
