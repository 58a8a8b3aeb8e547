import { Duplex } from "node:stream";
import type { Socket } from "node:net";

/**
 * The server's end of an intercepted socket as a stream of its own: what the interceptor hands out is a proxy on the
 * client's socket, and a tap on its `write` would never be asked.
 */
export function plainDuplex(socket: Socket): Socket {
  const stream = new Duplex({
    allowHalfOpen: true,
    read: () => void socket.resume(),
    // No real peer answers before the client's own call has returned.
    write: (chunk: Uint8Array, _, done) => process.nextTick(() => socket.write(chunk, done)),
    final: (done) => void socket.end(done),
    destroy: (error, done) => {
      socket.destroy(error ?? undefined);
      done(null);
    },
  });
  socket.on("data", (bytes) => {
    if (!stream.push(bytes)) socket.pause();
  });
  socket.once("end", () => stream.push(null));
  socket.once("close", () => void (stream.destroyed || stream.destroy()));
  socket.on("error", () => {});
  // Node's HTTP server and `ws` take any Duplex; only the types ask for a socket.
  return stream as unknown as Socket;
}
