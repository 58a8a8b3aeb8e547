import { createServer, connect, type AddressInfo, type Server, type Socket } from "node:net";

/**
 * A TCP proxy that stands in the path of a service's clients: what it carries arrives later, or slower. This file runs in a
 * helper container by itself, so it imports nothing of ours.
 */
export interface PathProxyOptions {
  /** Where to listen, and the service's own address that is behind it. */
  readonly routes: readonly { readonly listen: number; readonly host: string; readonly port: number }[];
  /** On loopback; a connection to it gets a {@link PathProxyReport} as JSON. 0: any. */
  readonly controlPort: number;
  /** From the client to the service. */
  readonly inbound: LaneOptions;
  readonly outbound: LaneOptions;
  readonly seed: number;
}

/** One direction of all connections together. */
export interface LaneOptions {
  readonly delayMs: number;
  /** Uniform in ±`jitterMs`; the order of a connection's bytes is kept. */
  readonly jitterMs: number;
  /** Shared by all connections; null: no limit. */
  readonly bytesPerSecond: number | null;
}

/** What the proxy says of itself: it sent `bytes` through itself to an echo and had them back after `elapsedMs`. */
export interface PathProxyReport {
  readonly connections: number;
  readonly bytes: number;
  readonly elapsedMs: number;
}

export interface PathProxy {
  readonly controlPort: number;
  close(): void;
}

/** A piece is carried whole, so with a limit pieces are small enough for twenty a second. */
const PIECES_PER_SECOND = 20;
/** A sender waits while this much is under way in its connection. */
const MAX_QUEUED_BYTES = 256 * 1024;
/** More clients than that are turned away. */
const MAX_CONNECTIONS = 4_096;
/** For its own measurement it sends what takes a quarter of a second, but no more than this. */
const MAX_TRIAL_BYTES = 64 * 1024;

type Lane = LaneOptions & { freeAtMs: number; random: () => number };
type Surroundings = { readonly nowMs: () => number; readonly random: () => number };

/** Starts the proxy; resolves when every port is open. */
export async function startPathProxy(options: PathProxyOptions, around: Surroundings): Promise<PathProxy> {
  const { nowMs, random } = around;
  const inbound: Lane = { ...options.inbound, freeAtMs: 0, random };
  const outbound: Lane = { ...options.outbound, freeAtMs: 0, random };
  let connections = 0;
  const join = (client: Socket, service: Socket) => {
    carry(client, service, inbound, nowMs);
    carry(service, client, outbound, nowMs);
  };
  const route = ({ host, port }: { host: string; port: number }) =>
    createServer({ allowHalfOpen: true }, (client) => {
      if (++connections > MAX_CONNECTIONS) return void client.destroy();
      join(client, connect({ host, port, allowHalfOpen: true }));
    });
  const report = createServer((asker) => {
    asker.on("error", () => asker.destroy());
    void measure(join, inbound, nowMs).then(
      (measured) => asker.end(JSON.stringify({ connections, ...measured })),
      (error: unknown) => asker.end(JSON.stringify({ error: String(error) })),
    );
  });
  const servers = [
    ...(await Promise.all(options.routes.map((it) => open(route(it), it.listen, "0.0.0.0")))),
    await open(report, options.controlPort, "127.0.0.1"),
  ];
  return {
    controlPort: (report.address() as AddressInfo).port,
    close: () => {
      for (const server of servers) server.close();
    },
  };
}

/** Carries one direction of one connection, each piece when it is due, and the end after the last of them. */
function carry(from: Socket, to: Socket, lane: Lane, nowMs: () => number): void {
  const queue: { readonly dueMs: number; readonly piece: Buffer | null }[] = [];
  let queuedBytes = 0;
  let lastDueMs = 0;
  let timer: NodeJS.Timeout | null = null;

  const enqueue = (piece: Buffer | null) => {
    const now = nowMs();
    let leavesMs = now;
    if (lane.bytesPerSecond !== null) {
      lane.freeAtMs = Math.max(now, lane.freeAtMs) + ((piece?.length ?? 0) / lane.bytesPerSecond) * 1_000;
      leavesMs = lane.freeAtMs;
    }
    const delayMs = lane.delayMs + (lane.random() * 2 - 1) * lane.jitterMs;
    lastDueMs = Math.max(lastDueMs, leavesMs + delayMs);
    queue.push({ dueMs: lastDueMs, piece });
    queuedBytes += piece?.length ?? 0;
    if (queuedBytes > MAX_QUEUED_BYTES) from.pause();
    schedule();
  };
  const schedule = () => {
    const [next] = queue;
    if (timer === null && next !== undefined) timer = setTimeout(deliver, Math.max(0, next.dueMs - nowMs()));
  };
  const deliver = () => {
    timer = null;
    // Timers may fire a fraction of a millisecond early; nothing is delivered before it is due.
    while (queue[0] !== undefined && queue[0].dueMs <= nowMs()) {
      const { piece } = queue.shift()!;
      if (piece === null) to.end();
      else to.write(piece);
      queuedBytes -= piece?.length ?? 0;
    }
    if (to.writableNeedDrain) {
      from.pause();
      to.once("drain", () => from.resume());
    } else if (queuedBytes <= MAX_QUEUED_BYTES / 2) from.resume();
    schedule();
  };

  const pieceBytes =
    lane.bytesPerSecond === null
      ? Number.POSITIVE_INFINITY
      : Math.max(1, Math.floor(lane.bytesPerSecond / PIECES_PER_SECOND));
  from.on("data", (chunk: Buffer) => {
    for (let at = 0; at < chunk.length; at += pieceBytes) enqueue(chunk.subarray(at, at + pieceBytes));
  });
  from.on("end", () => enqueue(null));
  from.on("error", () => to.resetAndDestroy());
  from.on("close", () => {
    // An orderly end is still in the queue; anything else ends the other side at once.
    if (!from.readableEnded) to.destroy();
  });
}

/** Sends bytes through a connection of the proxy's own to an echo. */
async function measure(
  join: (client: Socket, service: Socket) => void,
  lane: Lane,
  nowMs: () => number,
): Promise<Omit<PathProxyReport, "connections">> {
  const bytes =
    lane.bytesPerSecond === null ? 1 : Math.ceil(Math.min(lane.bytesPerSecond / 4, MAX_TRIAL_BYTES));
  const echo = await open(
    createServer((socket) => {
      socket.on("error", () => socket.destroy());
      socket.pipe(socket);
    }),
    0,
    "127.0.0.1",
  );
  const door = await open(
    createServer({ allowHalfOpen: true }, (client) =>
      join(client, connect({ port: (echo.address() as AddressInfo).port, allowHalfOpen: true })),
    ),
    0,
    "127.0.0.1",
  );
  try {
    const socket = connect({ port: (door.address() as AddressInfo).port });
    const startedMs = nowMs();
    socket.end(Buffer.alloc(bytes));
    let received = 0;
    for await (const chunk of socket) received += (chunk as Buffer).length;
    if (received !== bytes) throw new Error(`${received} of ${bytes} bytes came back`);
    return { bytes, elapsedMs: nowMs() - startedMs };
  } finally {
    door.close();
    echo.close();
  }
}

function open(server: Server, port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve(server));
  });
}

/** A small generator of numbers in [0, 1), good enough for jitter (Numerical Recipes' "quick and dirty" one). */
export function quickRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
