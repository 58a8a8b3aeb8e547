/** A connection that is neither made nor refused by then counts as silence. */
export const CONNECT_LIMIT_MS = 1_000;

/**
 * A program for a helper's Node, to be run with `-e`: tries to connect to each `address:port` of its arguments at once and
 * prints one line for each.
 */
export const CONNECT_PROBE = `
const net = require("node:net");
for (const address of process.argv.slice(1)) {
  const cut = address.lastIndexOf(":");
  const socket = net.connect({ host: address.slice(0, cut), port: Number(address.slice(cut + 1)) });
  let told = false;
  const tell = (outcome) => {
    if (!told) console.log(address + " " + outcome);
    told = true;
    socket.destroy();
  };
  setTimeout(() => tell("timeout"), ${CONNECT_LIMIT_MS}).unref();
  socket.setTimeout(${CONNECT_LIMIT_MS}, () => tell("timeout"));
  socket.once("connect", () => tell("connected"));
  socket.once("error", (error) => tell(error.code || error.message));
}`;

/** What became of one attempt: `connected`, `timeout`, or the system's error, e.g. `ECONNREFUSED`. */
export interface ConnectAnswer {
  readonly address: string;
  readonly outcome: string;
}

/** Reads what {@link CONNECT_PROBE} printed. */
export function readConnectProbe(output: string): ConnectAnswer[] {
  return output
    .split("\n")
    .filter((line) => line.includes(" "))
    .map((line) => ({
      address: line.slice(0, line.indexOf(" ")),
      outcome: line.slice(line.indexOf(" ") + 1).trim(),
    }));
}
