import { jsonResponse } from "../../core/http.ts";
import type { MockResponse } from "../../core/http.ts";
import type { Failure } from "../failure.ts";

/** Ollama's errors are one line of text; what is not here is a 500. */
const STATUS: Readonly<Record<string, number>> = {
  bad_request: 400,
  context_length: 400,
  not_found: 404,
  model_not_found: 404,
  overloaded: 503,
  unavailable: 503,
};

export function ollamaError({ name, message, param }: Failure): MockResponse {
  const words =
    name === "model_not_found"
      ? `model '${param}' not found`
      : name === "overloaded"
        ? "server busy, please try again.  maximum pending requests exceeded"
        : (message ?? name);
  return jsonResponse(STATUS[name] ?? 500, { error: words });
}
