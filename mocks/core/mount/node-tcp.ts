import type { Socket } from "node:net";
import type { RunningMock } from "../life.ts";
import type { TcpListener } from "../tcp.ts";
import { createLine } from "../wire/line.ts";
import { reset } from "./node-http.ts";

/** Gives an accepted socket to the mock's TCP listener of this name. */
export function openTcp(mock: RunningMock, name: string, socket: Socket): void {
  const listener = mock.built.listeners.find((it) => it.name === name && it.kind === "tcp") as TcpListener;
  const number = mock.nextNumber();
  const subject = { labels: { listener: name } };
  mock.journal.note("connection", { n: number, on: name });
  const silent = mock.faults.take("tcp.blackhole", subject) !== null;
  const line = createLine(mock.faults, mock.clock, subject, {
    write: (bytes) => socket.write(bytes),
    end: () => void socket.end(),
    reset: () => reset(socket),
    deafen: () => void socket.pause(),
  });
  // What breaks a socket ends in its close.
  socket.on("error", () => {});
  const forget = mock.onReset(() => socket.destroy());
  socket.once("close", () => {
    forget();
    line.close();
    mock.journal.note("connection.end", { n: number });
  });
  if (silent) return void socket.resume();
  listener.accept({
    number,
    subject,
    send: (bytes) => void line.send(typeof bytes === "string" ? Buffer.from(bytes) : bytes),
    end: () => line.end(),
    reset: () => reset(socket),
    onData: (heard) => void socket.on("data", heard),
    onClose: (heard) => void socket.once("close", heard),
  });
}
