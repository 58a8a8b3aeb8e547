import type { Host } from "../../../harness/service/host.ts";
import { json, RequestError } from "../../../harness/service/http.ts";
import type { HttpHandler, HttpRequest } from "../../../harness/service/http.ts";

/** The longest a client waits for a control plane. Ours; longer than a statement's five seconds. */
const FORWARD_TIMEOUT_MS = 10_000;
/** Requests under way at once; more are refused. */
const MAX_IN_FLIGHT = 512;
const METHODS = ["GET", "POST", "PUT", "DELETE"] as const;

export interface Forwarder {
  readonly forward: HttpHandler;
  count(): { readonly requests: number; readonly refused: number };
}

/**
 * Forwards requests to the healthy targets in turn. Another target is tried only while the request certainly
 * was not sent; once it was, its outcome is open, and a second try could do it twice: 502 or 504.
 */
export function createForwarder(host: Host, healthy: () => readonly string[]): Forwarder {
  let requests = 0;
  let refused = 0;
  let inFlight = 0;

  const forward: HttpHandler = async ({ method, path, headers, body, from }) => {
    const known = METHODS.find((name) => name === method);
    if (known === undefined) return json(405, { error: `${method} is not forwarded` });
    const type = headers["content-type"];
    const message = {
      method: known,
      headers: { "x-forwarded-for": from, ...(type === undefined ? {} : { "content-type": type }) },
      ...(body === "" ? {} : { body }),
      timeoutMs: FORWARD_TIMEOUT_MS,
    } satisfies Omit<HttpRequest, "url">;

    const urls = healthy();
    for (const at of urls.keys()) {
      const target = urls[(requests + at) % urls.length] ?? "";
      try {
        const answer = await host.request({ ...message, url: `${target}${path}` });
        const answerType = answer.headers["content-type"] ?? "text/plain";
        return { status: answer.status, headers: { "content-type": answerType }, body: answer.body };
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        if (error.failure === "timeout") return json(504, { error: error.message });
        if (error.failure === "reset") return json(502, { error: error.message });
      }
    }
    refused += 1;
    return json(503, { error: "no healthy control plane" });
  };

  return {
    count: () => ({ requests, refused }),
    async forward(request) {
      requests += 1;
      if (inFlight >= MAX_IN_FLIGHT) {
        refused += 1;
        return json(503, { error: "too many requests under way" });
      }
      inFlight += 1;
      try {
        return await forward(request);
      } finally {
        inFlight -= 1;
      }
    },
  };
}
