import type { Socket } from "node:net";
import type { RunningMock } from "../life.ts";
import type { Listener } from "../mock.ts";
import { acceptSocket } from "./accept.ts";
import { createMockServer } from "./node-http.ts";
import { openTcp } from "./node-tcp.ts";
import { attachWebSocket } from "./node-ws.ts";
import type { Secure } from "./tls.ts";

/** How a mount hands this listener a fresh connection; `secure` puts TLS around it once it is accepted. */
export function connectionOpener(
  mock: RunningMock,
  listener: Listener,
  secure: Secure = (socket, open) => open(socket),
): (socket: Socket) => void {
  const { name } = listener;
  if (listener.kind === "tcp")
    return (socket) =>
      acceptSocket(mock, name, socket, () => secure(socket, (opened) => openTcp(mock, name, opened)));
  const server = createMockServer(mock, listener);
  if (listener.webSocket !== undefined) attachWebSocket(mock, listener, server);
  return (socket) =>
    acceptSocket(mock, name, socket, () =>
      secure(socket, (opened) => void server.emit("connection", opened)),
    );
}
