import type { Socket } from "node:net";
import type { RunningMock } from "../life.ts";
import { reset } from "./node-http.ts";

/** Meets a fresh connection with the faults of the accept; `open` gets it when they let it through. */
export function acceptSocket(mock: RunningMock, name: string, socket: Socket, open: () => void): void {
  const subject = { labels: { listener: name } };
  if (mock.faults.take("tcp.reset-on-accept", subject) !== null) return reset(socket);
  const held = mock.faults.take("tcp.hold-accept", subject);
  if (held === null) return open();
  const gone = new AbortController();
  socket.on("error", () => {});
  socket.once("close", () => gone.abort());
  void mock.clock.sleep(Number(held.params["ms"]), gone.signal).then(() => {
    if (!socket.destroyed) open();
  });
}
