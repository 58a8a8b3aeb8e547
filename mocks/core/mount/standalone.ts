import type { RunningMock } from "../life.ts";
import { createDoor } from "./door.ts";
import type { Door } from "./door.ts";
import { createControlServer } from "./node-control.ts";
import { connectionOpener } from "./open.ts";
import { refuseWhileFaulty } from "./refuse.ts";

export interface StandaloneOptions {
  /** The address to listen on, such as `127.0.0.1`. */
  readonly host: string;
  /** By listener; 0: any free port. Default: the listener's own. */
  readonly ports: Readonly<Record<string, number>>;
  readonly controlPort: number;
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
  const doors: Door[] = [];
  const ports: Record<string, number> = {};
  const close = async () => {
    await Promise.all(doors.map((door) => door.close()));
  };
  try {
    for (const listener of mock.built.listeners) {
      const door = createDoor(connectionOpener(mock, listener));
      doors.push(door);
      ports[listener.name] = await door.open(options.host, options.ports[listener.name] ?? listener.port);
      refuseWhileFaulty(mock, listener.name, door);
    }
    const controls = createControlServer(mock);
    const controlDoor = createDoor((socket) => void controls.emit("connection", socket));
    doors.push(controlDoor);
    const controlPort = await controlDoor.open(options.host, options.controlPort);
    return { host: options.host, ports, controlPort, close };
  } catch (error) {
    await close();
    throw error;
  }
}
