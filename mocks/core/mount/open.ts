import type { Socket } from "node:net";
import type { RunningMock } from "../life.ts";
import type { Listener } from "../mock.ts";
import { acceptSocket } from "./accept.ts";
import { createMockServer } from "./node-http.ts";
import { openTcp } from "./node-tcp.ts";
import { attachWebSocket } from "./node-ws.ts";

/** How a mount hands this listener a fresh connection. */
export function connectionOpener(mock: RunningMock, listener: Listener): (socket: Socket) => void {
  const { name } = listener;
  if (listener.kind === "tcp")
    return (socket) => acceptSocket(mock, name, socket, () => openTcp(mock, name, socket));
  const server = createMockServer(mock, listener);
  if (listener.webSocket !== undefined) attachWebSocket(mock, listener, server);
  return (socket) => acceptSocket(mock, name, socket, () => void server.emit("connection", socket));
}
