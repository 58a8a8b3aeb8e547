import { answer } from "../answer.ts";
import type { Outcome } from "../answer.ts";
import { Cut } from "../http.ts";
import type { HttpListener, MockRequest } from "../http.ts";
import type { RunningMock } from "../life.ts";
import { createCarrier } from "../wire/carrier.ts";
import type { WirePlan } from "../wire/plan.ts";
import { touchesBytes } from "../wire/plan.ts";

/** The listener that stands in for this URL's host: null when the mock has none. */
export function listenerFor(mock: RunningMock, url: URL): HttpListener | null {
  for (const listener of mock.built.listeners)
    if (listener.kind === "http" && listener.hosts.some((host) => host === url.host)) return listener;
  return null;
}

/** Meets a request with the faults of the accept and then with the mock, for mounts without connections. */
export async function answerInProcess(
  mock: RunningMock,
  listener: HttpListener,
  request: MockRequest,
  signal: AbortSignal,
): Promise<Outcome> {
  const subject = { labels: { listener: listener.name } };
  if (mock.faults.standing("tcp.refuse", subject) !== null) return { kind: "reset" };
  if (mock.faults.take("tcp.reset-on-accept", subject) !== null) return { kind: "reset" };
  const held = mock.faults.take("tcp.hold-accept", subject);
  if (held !== null) await mock.clock.sleep(Number(held.params["ms"]), signal);
  const outcome = await answer(mock, listener, request, signal);
  if (outcome.kind !== "response" || !touchesBytes(outcome.wire)) return outcome;
  const { response, wire } = outcome;
  if (wire.cut !== null && wire.cut.phase === "headers") {
    if (typeof response.body !== "string" && !(response.body instanceof Uint8Array))
      await response.body[Symbol.asyncIterator]().return?.();
    if (wire.dead) await mock.clock.sleep(wire.stall?.ms ?? Infinity, signal);
    return { kind: "reset" };
  }
  // Where nobody sees the head's bytes, only those of the body can suffer.
  return { ...outcome, response: { ...response, body: carried(mock, response.body, wire, signal) } };
}

async function* carried(
  mock: RunningMock,
  body: string | Uint8Array | AsyncIterable<string | Uint8Array>,
  wire: WirePlan,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const carrier = createCarrier(mock.clock, wire, 0, signal);
  if (typeof body === "string" || body instanceof Uint8Array) return yield* carrier.pieces(Buffer.from(body));
  for await (const chunk of body) yield* carrier.pieces(Buffer.from(chunk));
}

/** A WHATWG request as a mock sees it. */
export async function fromWebRequest(request: Request): Promise<MockRequest> {
  const url = new URL(request.url);
  return {
    method: request.method,
    path: url.pathname,
    search: url.search,
    headers: Object.fromEntries(request.headers),
    body: new Uint8Array(await request.arrayBuffer()),
  };
}

/**
 * The outcome as a WHATWG response; null: the connection breaks before an answer. A cut inside the body becomes an
 * error of the stream, which msw and nock pass on as a clean end (fidelity.json says so).
 */
export async function toWebResponse(outcome: Outcome, signal: AbortSignal): Promise<Response | null> {
  if (outcome.kind === "reset") return null;
  if (outcome.kind === "silence") return silence(signal);
  const { status, headers, body } = outcome.response;
  const empty = status === 204 || status === 304;
  if (typeof body === "string" || body instanceof Uint8Array)
    return new Response(empty ? null : Buffer.from(body), { status, headers });
  return new Response(webStream(body), { status, headers });
}

/** Never answers; ends when the client gives up. */
function silence(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(null);
    signal.addEventListener("abort", () => resolve(null), { once: true });
  });
}

function webStream(body: AsyncIterable<string | Uint8Array>): ReadableStream<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const next = await chunks.next();
        if (next.done === true) controller.close();
        else controller.enqueue(new Uint8Array(Buffer.from(next.value)));
      } catch (error) {
        // A stream that errors forgets what nobody has read yet: let the reader have it first.
        await new Promise<void>((resolve) => setImmediate(resolve));
        controller.error(error instanceof Cut ? new TypeError("terminated") : error);
      }
    },
    async cancel() {
      await chunks.return?.();
    },
  });
}
