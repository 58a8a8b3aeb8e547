import type { MockClock } from "../core/clock.ts";
import type { RunningMock } from "../core/life.ts";
import type { TcpConnection, TcpListener } from "../core/tcp.ts";
import { createLines } from "./lines.ts";
import { NO_FAULTS } from "./miners/faults.ts";
import { createFleet } from "./miners/fleet.ts";
import type { Fleet, FleetOptions } from "./miners/fleet.ts";
import type { Dial } from "./miners/link.ts";

/** What went over one connection. */
export interface Wiretap {
  sent(connection: number, line: string): void;
  received(connection: number, line: string): void;
}

/** Dials a mock in this process: no socket and no wait, so thousands of miners fit into virtual time. */
export function memoryDial(mock: RunningMock, tap?: Wiretap): Dial {
  return () => {
    const listener = mock.built.listeners.find(({ name }) => name === "stratum") as TcpListener;
    const number = mock.nextNumber();
    let open = true;
    let deaf = false;
    let hear: (bytes: Uint8Array) => void = () => {};
    let line: (text: string) => void = () => {};
    const closers: (() => void)[] = [];
    const close = () => {
      if (!open) return;
      open = false;
      for (const closer of closers) closer();
    };
    const toMiner = createLines(
      1_000_000,
      (text) => {
        tap?.received(number, text);
        if (!deaf) line(text);
      },
      close,
    );
    const connection: TcpConnection = {
      number,
      subject: { labels: { listener: "stratum" } },
      send: (bytes) => void (open && toMiner(typeof bytes === "string" ? Buffer.from(bytes) : bytes)),
      end: close,
      reset: close,
      onData: (listen) => void (hear = listen),
      onClose: (listen) => void closers.push(listen),
    };
    listener.accept(connection);
    return {
      send(text) {
        tap?.sent(number, text);
        if (open) hear(Buffer.from(`${text}\n`));
      },
      onLine: (listen) => void (line = listen),
      onClose: (listen) => void closers.push(listen),
      deafen: () => void (deaf = true),
      close,
    };
  };
}

/** A fleet on the mock's own clock, mining for so long. */
export async function mine(
  mock: RunningMock,
  forMs: number,
  options: Partial<FleetOptions> = {},
  tap?: Wiretap,
): Promise<Fleet> {
  const over = new AbortController();
  const fleet = fleetOn(mock, mock.clock, options, tap);
  const running = fleet.run(over.signal);
  await mock.clock.advance(forMs);
  over.abort();
  await running;
  return fleet;
}

function fleetOn(mock: RunningMock, clock: MockClock, options: Partial<FleetOptions>, tap?: Wiretap): Fleet {
  return createFleet({
    dial: memoryDial(mock, tap),
    clock,
    seed: 7,
    count: 1,
    hashrate: 1e12,
    profile: () => 1,
    latencyMs: 0,
    faults: NO_FAULTS,
    oracle: "key",
    user: "fleet",
    password: "x",
    mask: null,
    connectsPerSec: 1e5,
    stepMs: 100,
    ...options,
  });
}
