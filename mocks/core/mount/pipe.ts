import type { RunningMock } from "../life.ts";
import type { Upstream } from "../wire/pass-through.ts";
import { joinUpstream } from "../wire/pass-through.ts";
import { acceptSocket } from "./accept.ts";
import { createDoor } from "./door.ts";
import { createControlServer } from "./node-control.ts";
import { refuseWhileFaulty } from "./refuse.ts";
import type { StandaloneMock, StandaloneOptions } from "./standalone.ts";

/** Serves the fault pipe in front of `upstream`: the core's faults for a server that is no mock. */
export async function servePipe(
  mock: RunningMock,
  upstream: Upstream,
  options: StandaloneOptions,
): Promise<StandaloneMock> {
  const door = createDoor((socket) =>
    acceptSocket(mock, "pipe", socket, () => joinUpstream(mock, socket, upstream)),
  );
  const controls = createControlServer(mock);
  const controlDoor = createDoor((socket) => void controls.emit("connection", socket));
  const port = await door.open(options.host, options.ports["pipe"] ?? 0);
  refuseWhileFaulty(mock, "pipe", door);
  const controlPort = await controlDoor.open(options.host, options.controlPort);
  const close = async () => {
    await Promise.all([door.close(), controlDoor.close()]);
  };
  return { host: options.host, ports: { pipe: port }, controlPort, close };
}
