import { connect } from "node:net";
import { createLines } from "../lines.ts";
import type { Dial } from "./link.ts";

/** A template with 20,000 transactions has a branch of 15 hashes: a job is far shorter. */
const MAX_LINE_BYTES = 65_536;

/** Dials over TCP. What breaks a connection ends in its close. */
export function tcpDial(host: string, port: number): Dial {
  return (where) => {
    const socket = connect({ host, port, noDelay: true, ...where });
    socket.on("error", () => {});
    return {
      send: (line) => void socket.write(`${line}\n`),
      onLine: (listener) =>
        void socket.on(
          "data",
          createLines(MAX_LINE_BYTES, listener, () => socket.destroy()),
        ),
      onClose: (listener) => void socket.once("close", listener),
      deafen: () => void socket.pause(),
      close: () => socket.destroy(),
    };
  };
}
