import type { HttpListener, MockBody, MockResponse } from "./http.ts";
import type { Listener, MockDefinition } from "./mock.ts";
import type { TcpListener } from "./tcp.ts";

type Text = (text: string) => string;

/** What to change of all that a mock says; what is not named stays as it is. */
export interface Mutation {
  /** Every HTTP response before it goes out. */
  readonly response?: (response: MockResponse) => MockResponse;
  /** Every HTTP body that is text, and every chunk of one that is streamed. */
  readonly body?: Text;
  /** Every WebSocket message. */
  readonly message?: Text;
  /** Whatever is sent at once over TCP. */
  readonly bytes?: (bytes: Buffer) => Buffer | string;
}

/** A mock that is wrong about something. */
export function mutated(definition: MockDefinition, mutation: Mutation): MockDefinition {
  const change = (listener: Listener) =>
    listener.kind === "http" ? httpChanged(listener, mutation) : tcpChanged(listener, mutation);
  return {
    ...definition,
    build(world) {
      const built = definition.build(world);
      return { ...built, listeners: built.listeners.map(change) };
    },
  };
}

/** Renames a field of JSON wherever it stands; its values of that name too. */
export const renamed =
  (from: string, to: string): Text =>
  (text) =>
    text.replaceAll(`"${from}"`, `"${to}"`);

function httpChanged(listener: HttpListener, mutation: Mutation): HttpListener {
  const { response: ofResponse = (it) => it, body: ofBody, message: ofMessage } = mutation;
  const { webSocket } = listener;
  return {
    ...listener,
    async answer(request, exchange) {
      const response = ofResponse(await listener.answer(request, exchange));
      return ofBody === undefined ? response : { ...response, body: bodyChanged(response.body, ofBody) };
    },
    ...(webSocket !== undefined &&
      ofMessage !== undefined && {
        webSocket: {
          ...webSocket,
          open: (connection) =>
            webSocket.open({ ...connection, send: (message) => connection.send(ofMessage(textOf(message))) }),
        },
      }),
  };
}

function bodyChanged(body: MockBody, change: Text): MockBody {
  if (typeof body === "string") return change(body);
  if (body instanceof Uint8Array) return body;
  return chunksChanged(body, change);
}

async function* chunksChanged(chunks: AsyncIterable<string | Uint8Array>, change: Text) {
  for await (const chunk of chunks) yield change(textOf(chunk));
}

function tcpChanged(listener: TcpListener, { bytes: ofBytes }: Mutation): TcpListener {
  if (ofBytes === undefined) return listener;
  return {
    ...listener,
    accept: (connection) =>
      listener.accept({
        ...connection,
        send: (bytes) => connection.send(ofBytes(Buffer.from(bytes))),
      }),
  };
}

const textOf = (chunk: string | Uint8Array) =>
  typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
