import { createServer } from "node:net";
import { randomInt } from "node:crypto";
import { FiredrillError } from "../../../error.ts";

/**
 * Below the range from which Linux takes ports for outgoing connections (32768, ip_local_port_range) and browsers for
 * nothing: such a port is still free when a node that was killed asks for it again.
 */
const FROM = 20_000;
const TO = 30_000;
const TRIES = 100;

/** A TCP port on loopback that nobody listens on now and nobody is given by chance. @throws ENV_ENGINE when none is found */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const port = randomInt(FROM, TO);
    if (await isFree(port)) return port;
  }
  throw new FiredrillError("ENV_ENGINE", "there is no free port on 127.0.0.1", {
    received: `${TRIES} ports from ${FROM} to ${TO} are taken`,
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
