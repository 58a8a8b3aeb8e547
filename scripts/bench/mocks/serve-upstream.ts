import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { announce } from "./child.ts";
import { BULK_BYTES } from "./pipe-load.ts";

/** What stands behind the pipes: it echoes; a connection whose first byte is 0 is swallowed, and answered once. */
const server = createServer({ noDelay: true }, (socket) => {
  let bulk: number | null = null;
  let first = true;
  socket.on("error", () => {});
  socket.on("data", (chunk: Buffer) => {
    if (first && chunk[0] === 0) bulk = 0;
    first = false;
    if (bulk === null) return void socket.write(chunk);
    bulk += chunk.length;
    if (bulk === BULK_BYTES) socket.write("!");
  });
});
server.listen(0, "127.0.0.1", () => announce((server.address() as AddressInfo).port));
