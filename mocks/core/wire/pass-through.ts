import { connect } from "node:net";
import type { Socket } from "node:net";
import type { RunningMock } from "../life.ts";
import { reset } from "../mount/node-http.ts";
import { createLine } from "./line.ts";
import type { Line } from "./line.ts";

/** Where the pipe leads. */
export interface Upstream {
  readonly host: string;
  readonly port: number;
}

/**
 * The fault pipe as a TCP proxy: joins an accepted socket to the upstream. Every chunk that a side sends is a message;
 * the label `direction` is `up` towards the upstream and `down` towards the client.
 */
export function joinUpstream(mock: RunningMock, client: Socket, { host, port }: Upstream): void {
  const upstream = connect({ host, port, noDelay: true });
  const fate = { dead: false };
  const up = pump(mock, "up", client, upstream, fate);
  const down = pump(mock, "down", upstream, client, fate);
  const forget = mock.onReset(() => client.destroy());
  const end = (other: Socket) => {
    forget();
    up.close();
    down.close();
    if (!other.destroyed) other.destroy();
  };
  // A side that breaks breaks the other: its peer sees a reset too.
  client.on("error", () => reset(upstream));
  upstream.on("error", () => reset(client));
  client.once("close", () => end(upstream));
  upstream.once("close", () => end(client));
}

/** What a dead connection's sides send goes nowhere, in both directions. */
function pump(
  mock: RunningMock,
  direction: "up" | "down",
  from: Socket,
  to: Socket,
  fate: { dead: boolean },
): Line {
  const subject = { labels: { direction } };
  const line = createLine(mock.faults, mock.clock, subject, {
    write: (bytes) => to.write(bytes),
    end: () => void to.end(),
    reset: () => {
      reset(to);
      reset(from);
    },
    deafen: () => void (fate.dead = true),
  });
  from.on("data", (bytes) => {
    if (!fate.dead && !line.send(bytes)) from.pause();
  });
  to.on("drain", () => from.resume());
  from.once("end", () => line.end());
  return line;
}
