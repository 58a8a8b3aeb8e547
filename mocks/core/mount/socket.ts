import type { Socket } from "node:net";
import { SocketInterceptor } from "@mswjs/interceptors/net";
import type { RunningMock } from "../life.ts";
import type { Listener } from "../mock.ts";
import { plainDuplex } from "../wire/plain-duplex.ts";
import { connectionOpener } from "./open.ts";

/** What a test holds while this process's connections to the mock's hosts end in the mock. */
export interface InterceptedMock extends Disposable {
  /** Lets connections through again; those that stand are closed. */
  restore(): void;
}

/**
 * Takes over every TCP and TLS connection of this process to a host of the mock: default `https://` base URLs work with
 * no certificate, and faults of bytes too. Two differences: `tcp.refuse` and a reset look the same, and after a FIN
 * inside a body the client hangs until its own time limit.
 */
export function interceptSockets(mock: RunningMock): InterceptedMock {
  const interceptor = new SocketInterceptor();
  const open = new Map(
    mock.built.listeners.map((listener) => [listener.name, connectionOpener(mock, listener)]),
  );
  const sockets = new Set<Socket>();
  interceptor.on("connection", ({ connectionOptions: { host, port }, controller }) => {
    const listener = mock.built.listeners.find((it) => standsInFor(it, host ?? "localhost", Number(port)));
    if (listener === undefined) return controller.passthrough();
    controller.claim();
    const socket = plainDuplex(controller.serverSocket);
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    open.get(listener.name)?.(socket);
  });
  interceptor.apply();
  const restore = () => {
    interceptor.dispose();
    for (const socket of sockets) socket.destroy();
  };
  return { restore, [Symbol.dispose]: restore };
}

function standsInFor(listener: Listener, host: string, port: number): boolean {
  return listener.hosts.some((known) => {
    const [name, wanted] = known.split(":");
    return name === host && (wanted === undefined ? port === 443 || port === 80 : Number(wanted) === port);
  });
}
