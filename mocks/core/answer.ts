import { keyedRandom } from "../../harness/service/random.ts";
import { Cut, textOf } from "./http.ts";
import type { HttpListener, MockExchange, MockRequest, MockResponse } from "./http.ts";
import type { RunningMock } from "./life.ts";
import type { FaultSubject } from "./mock.ts";
import { takeWirePlan } from "./wire/plan.ts";
import type { WirePlan } from "./wire/plan.ts";

/** What a mount does about one request. */
export type Outcome =
  | { readonly kind: "response"; readonly response: MockResponse; readonly wire: WirePlan }
  /** Reset the connection. */
  | { readonly kind: "reset" }
  /** Say nothing, for as long as the client waits. */
  | { readonly kind: "silence" };

/**
 * One request through a mock: counted, journaled, met by the wire's faults, answered. The same for every mount. A
 * request body's digest is no part of the journal; a mock notes what matters of it.
 */
export async function answer(
  mock: RunningMock,
  listener: HttpListener,
  request: MockRequest,
  signal: AbortSignal,
): Promise<Outcome> {
  const { faults, journal } = mock;
  const number = mock.nextNumber();
  const subject: FaultSubject = {
    labels: listener.labels(request),
    method: request.method,
    path: request.path,
    headers: request.headers,
    text: () => textOf(request),
  };
  journal.note("request", {
    n: number,
    on: listener.name,
    method: request.method,
    path: request.path + request.search,
    bytes: request.body.length,
    ...shownHeaders(listener, request),
  });
  if (faults.take("tcp.blackhole", subject) !== null) return { kind: "silence" };
  const wire = takeWirePlan(faults, subject);
  if (wire.delayMs > 0) await mock.clock.sleep(wire.delayMs, signal);
  const exchange: MockExchange = {
    number,
    random: keyedRandom(mock.seed, `${mock.definition.name}/request/${number}`),
    signal,
    subject,
    fault: (kind) => faults.take(kind, subject),
  };
  try {
    const response = await listener.answer(request, exchange);
    return { kind: "response", response: finished(mock, number, response), wire };
  } catch (error) {
    if (error instanceof Cut) {
      journal.note("response", { n: number, end: error.mode });
      return { kind: "reset" };
    }
    journal.note("mock.failed", { n: number, error: error instanceof Error ? error.message : String(error) });
    const response = { status: 500, headers: {}, body: "the mock failed; see its journal\n" };
    return { kind: "response", response: finished(mock, number, response), wire };
  }
}

function shownHeaders({ journalHeaders }: HttpListener, { headers }: MockRequest): { headers?: object } {
  const shown = journalHeaders.flatMap((name) =>
    headers[name] === undefined ? [] : [[name, headers[name]] as const],
  );
  return shown.length === 0 ? {} : { headers: Object.fromEntries(shown) };
}

/** The response with the headers that every server adds, its end in the journal. */
function finished(mock: RunningMock, number: number, response: MockResponse): MockResponse {
  const { status, body } = response;
  const date = httpDate(mock.clock.wallMs());
  if (typeof body !== "string" && !(body instanceof Uint8Array)) {
    return { status, headers: { date, ...response.headers }, body: watched(mock, number, status, body) };
  }
  const bytes = Buffer.byteLength(body);
  mock.journal.note("response", { n: number, status, bytes, end: "complete" });
  const length = status === 204 || status === 304 ? {} : { "content-length": String(bytes) };
  return { status, headers: { date, ...length, ...response.headers }, body };
}

let lastDate = { second: NaN, text: "" };

/** As HTTP writes it (RFC 9110 §5.6.7). Made once a second: a date costs as much as a small answer's JSON. */
function httpDate(wallMs: number): string {
  const second = Math.floor(wallMs / 1_000);
  if (second !== lastDate.second) lastDate = { second, text: new Date(second * 1_000).toUTCString() };
  return lastDate.text;
}

/** Notes how a body ended: complete, cut, failed, or abandoned by who should read it (perhaps before it began). */
function watched(
  mock: RunningMock,
  number: number,
  status: number,
  body: AsyncIterable<string | Uint8Array>,
): AsyncIterable<string | Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  let bytes = 0;
  let ended = false;
  const note = (end: string) => {
    if (!ended) mock.journal.note("response", { n: number, status, bytes, end });
    ended = true;
  };
  const iterator: AsyncIterator<string | Uint8Array> = {
    async next() {
      try {
        const result = await chunks.next();
        if (result.done === true) note("complete");
        else bytes += Buffer.byteLength(result.value);
        return result;
      } catch (error) {
        note(error instanceof Cut ? error.mode : "failed");
        throw error;
      }
    },
    async return() {
      note("abandoned");
      await chunks.return?.();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
