import { Readable } from "node:stream";
import nock from "nock";
import type { RunningMock } from "../life.ts";
import { answerInProcess, fromWebRequest, listenerFor } from "./in-process.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/**
 * Points nock at the mock for every host that it stands in for; `scheme` is that of the client's base URL. nock shows
 * no bytes, so a connection that is cut inside a body looks like a body that ends. `nock.cleanAll()` undoes it.
 */
export function useNock(mock: RunningMock, scheme: "http" | "https" = "https"): void {
  for (const listener of mock.built.listeners) {
    if (listener.kind !== "http") continue;
    for (const host of listener.hosts) {
      const scope = nock(`${scheme}://${host}`).persist();
      for (const method of METHODS)
        scope.intercept(/.*/, method).reply((request: Request) => replyTo(mock, request));
    }
  }
}

async function replyTo(mock: RunningMock, request: Request) {
  const listener = listenerFor(mock, new URL(request.url));
  if (listener === null) throw new Error(`no mock for ${request.url}`);
  const outcome = await answerInProcess(mock, listener, await fromWebRequest(request), request.signal);
  if (outcome.kind === "silence") return new Promise<never>(() => {});
  if (outcome.kind === "reset")
    throw Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", syscall: "read" });
  const { status, headers, body } = outcome.response;
  const whole = typeof body === "string" || body instanceof Uint8Array;
  return [status, whole ? Buffer.from(body) : Readable.from(body), { ...headers }] as const;
}
