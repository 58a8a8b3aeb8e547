import { jsonResponse } from "../../core/http.ts";
import type { MockResponse } from "../../core/http.ts";
import { METRICS_TYPE, metricsText } from "../../core/metrics-text.ts";
import { textField } from "../body.ts";
import type { Call } from "../service.ts";
import { tokenize } from "../tokens.ts";

type Body = Readonly<Record<string, unknown>>;

/** GET /metrics */
export function vllmMetrics({ service }: Call): MockResponse {
  const body = metricsText(service.engine.metrics.families());
  return { status: 200, headers: { "content-type": METRICS_TYPE }, body };
}

/** GET /health and /ping: 200 and nothing. */
export function vllmHealth(): MockResponse {
  return { status: 200, headers: {}, body: "" };
}

/** GET /version */
export function vllmVersion(): MockResponse {
  return jsonResponse(200, { version: "0.11.0" });
}

/** GET /load */
export function vllmLoad({ service }: Call): MockResponse {
  const { running, waiting } = service.engine.state();
  return jsonResponse(200, { server_load: running + waiting });
}

/** POST /tokenize. Token ids are positions in a made-up vocabulary (fidelity: stubbed). */
export function vllmTokenize({ service }: Call, body: Body): MockResponse {
  const tokens = tokenize(textField(body, "prompt")).map((_, at) => at);
  return jsonResponse(200, { count: tokens.length, max_model_len: service.settings.contextTokens, tokens });
}
