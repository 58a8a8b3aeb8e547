import type { Socket } from "node:net";
import { Cut } from "../http.ts";
import type { MockTime } from "../mock.ts";
import { createCarrier } from "./carrier.ts";
import type { WirePlan } from "./plan.ts";

type WriteCallback = (error?: Error | null) => void;

/** A socket whose bytes go by a plan. */
export interface Tap {
  /** Has the plan ended the connection? */
  isOver(): boolean;
  remove(): void;
}

/**
 * Sends what is written to the socket by a plan, until the tap is removed. The HTTP server keeps its
 * native socket and its full speed for every answer that meets no fault; it goes on only when the bytes are through,
 * because its callbacks wait for that.
 */
export function tap(
  socket: Socket,
  plan: WirePlan,
  clock: Pick<MockTime, "sleep">,
  signal: AbortSignal,
  reset: () => void,
): Tap {
  const write = socket.write.bind(socket) as (bytes: Uint8Array, callback: WriteCallback) => boolean;
  let carrier: ReturnType<typeof createCarrier> | null = null;
  let queue: Promise<void> = Promise.resolve();
  let over = false;

  const carry = async (bytes: Buffer, done: WriteCallback) => {
    carrier ??= createCarrier(clock, plan, headLength(bytes), signal);
    try {
      for await (const piece of carrier.pieces(bytes)) {
        if (over) break;
        await new Promise<void>((resolve) => write(piece, () => resolve()));
      }
    } catch (error) {
      if (!(error instanceof Cut)) throw error;
      over = true;
      if (error.mode === "rst") reset();
      else socket.end();
    }
    done();
  };

  socket.write = (
    chunk: string | Uint8Array,
    encodingOrDone?: BufferEncoding | WriteCallback,
    callback?: WriteCallback,
  ): boolean => {
    const encoding = typeof encodingOrDone === "string" ? encodingOrDone : "utf8";
    const done = (typeof encodingOrDone === "function" ? encodingOrDone : callback) ?? (() => {});
    const bytes = typeof chunk === "string" ? Buffer.from(chunk, encoding) : Buffer.from(chunk);
    queue = queue.then(() => (over ? done() : carry(bytes, done))).catch(() => void socket.destroy());
    return true;
  };
  return {
    isOver: () => over,
    // Back to the method of the prototype.
    remove: () => void delete (socket as { write?: unknown }).write,
  };
}

/** An HTTP server's first write begins with the whole head. */
function headLength(bytes: Buffer): number {
  const end = bytes.indexOf("\r\n\r\n");
  return end === -1 ? 0 : end + 4;
}
