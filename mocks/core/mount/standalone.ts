import { systemClock } from "../../../harness/time/system-clock.ts";
import type { RunningMock } from "../life.ts";
import type { Errand } from "../mock.ts";
import type { Authority } from "./authority.ts";
import { createDoor } from "./door.ts";
import type { Door } from "./door.ts";
import { runErrands } from "./errands.ts";
import { createControlServer } from "./node-control.ts";
import { connectionOpener } from "./open.ts";
import { refuseWhileFaulty } from "./refuse.ts";
import { securing } from "./tls.ts";

export interface StandaloneOptions {
  /** The address to listen on, such as `127.0.0.1`. */
  readonly host: string;
  /** By listener; 0: any free port. Default: the listener's own. */
  readonly ports: Readonly<Record<string, number>>;
  readonly controlPort: number;
  /** Signs for TLS on every port but the control port; without it only listeners that must speak TLS do. */
  readonly authority?: Authority;
}

/** A mock on real sockets. */
export interface StandaloneMock {
  readonly host: string;
  /** The real ports by listener. */
  readonly ports: Readonly<Record<string, number>>;
  readonly controlPort: number;
  close(): Promise<void>;
}

/** @throws USAGE_FLAG when a port is taken. */
export async function serveMock(mock: RunningMock, options: StandaloneOptions): Promise<StandaloneMock> {
  const { authority = null } = options;
  const doors: Door[] = [];
  const ports: Record<string, number> = {};
  const over = new AbortController();
  const close = async () => {
    over.abort();
    await Promise.all(doors.map((door) => door.close()));
  };
  try {
    for (const listener of mock.built.listeners) {
      const door = createDoor(connectionOpener(mock, listener, await securing(mock, listener, authority)));
      doors.push(door);
      ports[listener.name] = await door.open(options.host, options.ports[listener.name] ?? listener.port);
      refuseWhileFaulty(mock, listener.name, door);
    }
    const controls = createControlServer(mock);
    const controlDoor = createDoor((socket) => void controls.emit("connection", socket));
    doors.push(controlDoor);
    const controlPort = await controlDoor.open(options.host, options.controlPort);
    void runErrands(mock, { ...systemClock(), send }, over.signal);
    return { host: options.host, ports, controlPort, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const ERRAND_WITHIN_MS = 2_000;

async function send({ method, url, body }: Errand): Promise<boolean> {
  try {
    const response = await fetch(url, { method, body, signal: AbortSignal.timeout(ERRAND_WITHIN_MS) });
    await response.body?.cancel();
    return response.status < 500;
  } catch {
    return false;
  }
}
