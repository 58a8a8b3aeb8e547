import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { BULK_BYTES, PING_BYTES } from "./pipe-load.ts";
import type { PipeRound } from "./pipe-load.ts";

/** One round through a port as a process of its own: messages that come back one by one, then bytes as fast as they go. */
const WARM_UP = 2_000;
const PINGS = 10_000;
const port = Number(process.argv[2]);

async function open(): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  return socket;
}

/** Sorted, in µs. */
async function pings(): Promise<number[]> {
  const socket = await open();
  const message = Buffer.alloc(PING_BYTES, 1);
  const took: number[] = [];
  await new Promise<void>((resolve, reject) => {
    let back = 0;
    let sentMs = performance.now();
    socket.on("error", reject);
    socket.on("data", (chunk: Buffer) => {
      back += chunk.length;
      if (back < PING_BYTES) return;
      const nowMs = performance.now();
      took.push((nowMs - sentMs) * 1_000);
      if (took.length === WARM_UP + PINGS) return resolve();
      back = 0;
      sentMs = performance.now();
      socket.write(message);
    });
    socket.write(message);
  });
  socket.destroy();
  return took.slice(WARM_UP).toSorted((a, b) => a - b);
}

async function bulk(): Promise<number> {
  const socket = await open();
  const chunk = Buffer.alloc(64 * 1024);
  const startedMs = performance.now();
  const answered = once(socket, "data");
  for (let sent = 0; sent < BULK_BYTES; sent += chunk.length)
    if (!socket.write(chunk)) await once(socket, "drain");
  await answered;
  socket.destroy();
  return BULK_BYTES / 1e6 / ((performance.now() - startedMs) / 1_000);
}

const sorted = await pings();
const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? NaN;
const round: PipeRound = { p50: at(0.5), p99: at(0.99), megabytesPerSecond: await bulk() };
process.stdout.write(`${JSON.stringify(round)}\n`);
