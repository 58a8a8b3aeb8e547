import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { FiredrillError } from "../../../harness/error.ts";

/** A listening port that can be shut for a while and opened again at the same number. */
export interface Door {
  open(host: string, port: number): Promise<number>;
  /** New connections are refused; those that stand go on. */
  shut(): void;
  reopen(): void;
  close(): Promise<void>;
}

/** @throws USAGE_FLAG from `open` when the port is taken. */
export function createDoor(accept: (socket: Socket) => void): Door {
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  let at = { host: "", port: 0 };
  const listen = () =>
    new Promise<void>((resolve, reject) => {
      server = createServer({ noDelay: true }, (socket) => {
        sockets.add(socket);
        socket.once("close", () => sockets.delete(socket));
        accept(socket);
      });
      server.once("error", reject);
      server.listen(at.port, at.host, resolve);
    });
  const shut = () => {
    server?.close();
    server = null;
  };
  return {
    async open(host, port) {
      at = { host, port };
      await listen().catch((cause: unknown) => {
        throw new FiredrillError("USAGE_FLAG", `can't listen on ${host}:${port}`, {
          cause,
          hint: "choose another port with --port or --control-port; 0 takes a free one",
        });
      });
      const address = (server as Server | null)?.address() as AddressInfo | null | undefined;
      at = { host, port: address?.port ?? port };
      return at.port;
    },
    shut,
    // A port that somebody took meanwhile stays refused to us, and to the client it is all the same.
    reopen: () => void (server === null && listen().catch(() => {})),
    async close() {
      const closed = new Promise<void>((resolve) =>
        server === null ? resolve() : server.close(() => resolve()),
      );
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
