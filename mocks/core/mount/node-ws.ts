import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import type { HttpListener } from "../http.ts";
import type { RunningMock } from "../life.ts";
import type { FaultSubject } from "../mock.ts";
import { createLine } from "../wire/line.ts";
import { messageFrame } from "../wire/web-socket-frame.ts";
import { reset } from "./node-http.ts";

/** The most that a client may send in one message. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** Lets the listener's HTTP server take WebSocket upgrades. */
export function attachWebSocket(mock: RunningMock, listener: HttpListener, server: Server): void {
  const upgrades = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => listener.webSocket?.protocol([...offered]) ?? false,
  });
  server.on("upgrade", (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    upgrades.handleUpgrade(incoming, socket, head, (client) =>
      open(mock, listener.name, incoming, socket, client),
    );
  });
}

function open(
  mock: RunningMock,
  name: string,
  incoming: IncomingMessage,
  socket: Socket,
  client: WebSocket,
): void {
  const listener = mock.built.listeners.find((it) => it.name === name && it.kind === "http") as HttpListener;
  const number = mock.nextNumber();
  const path = incoming.url ?? "/";
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([key, value]) => [key, String(value ?? "")]),
  );
  const subject: FaultSubject = { labels: { listener: name }, path, headers };
  mock.journal.note("websocket", { n: number, on: name, path });
  const line = createLine(mock.faults, mock.clock, subject, {
    write: (bytes) => socket.write(bytes),
    end: () => void socket.end(),
    reset: () => reset(socket),
    deafen: () => client.pause(),
  });
  const silent = mock.faults.take("tcp.blackhole", subject) !== null;
  client.on("error", () => {});
  const forget = mock.onReset(() => client.terminate());
  client.once("close", () => {
    forget();
    line.close();
    mock.journal.note("websocket.end", { n: number });
  });
  if (silent) return;
  listener.webSocket?.open({
    number,
    path,
    headers,
    subject,
    // Framed here, so that a message is one piece for the fault pipe.
    send: (message) => void line.send(messageFrame(message)),
    close: (code, reason) => client.close(code, reason),
    reset: () => reset(socket),
    onMessage: (heard) => void client.on("message", (data) => heard(String(data))),
    onClose: (heard) => void client.once("close", heard),
  });
}
