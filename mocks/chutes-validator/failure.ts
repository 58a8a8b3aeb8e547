import { jsonResponse } from "../core/http.ts";
import type { MockResponse } from "../core/http.ts";

/** Thrown anywhere on the way to an answer: FastAPI's error, `{"detail": …}`. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly detail: unknown;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, detail: unknown, headers: Readonly<Record<string, string>> = {}) {
    super(typeof detail === "string" ? detail : JSON.stringify(detail));
    this.status = status;
    this.detail = detail;
    this.headers = headers;
  }
}

export function refuse(
  status: number,
  detail: unknown,
  headers: Readonly<Record<string, string>> = {},
): never {
  throw new Refusal(status, detail, headers);
}

/** Runs a handler; a refusal becomes its response. */
export async function answering(run: () => MockResponse | Promise<MockResponse>): Promise<MockResponse> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return jsonResponse(error.status, { detail: error.detail }, error.headers);
  }
}
