import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { freePort } from "../../../harness/tier/k3d/cluster/free-port.ts";
import { buildTool } from "../../toolchain/build.ts";
import { TOXIPROXY } from "../../toolchain/tools.ts";

const TRIES = 200;
const TRY_EVERY_MS = 50;

/** A Toxiproxy without toxics in front of a port. Builds it on first use. @throws ENV_TOOL when there is no Go. */
export async function startToxiproxy(
  upstreamPort: number,
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const program = await buildTool(TOXIPROXY, {
    signal: new AbortController().signal,
    progress: (line) => void process.stderr.write(`${line}\n`),
  });
  const apiPort = await freePort();
  const server = execa(program, ["-host", "127.0.0.1", "-port", String(apiPort)], {
    reject: false,
    stdout: "ignore",
  });
  const wanted = {
    name: "bench",
    listen: "127.0.0.1:0",
    upstream: `127.0.0.1:${upstreamPort}`,
    enabled: true,
  };
  const order = () =>
    fetch(`http://127.0.0.1:${apiPort}/proxies`, { method: "POST", body: JSON.stringify(wanted) });
  for (let tried = 0; ; tried++) {
    const response = await order().catch(() => null);
    if (response !== null) {
      const { listen } = (await response.json()) as { listen: string };
      const stop = async () => {
        server.kill();
        await server;
      };
      return { port: Number(listen.split(":").at(-1)), stop };
    }
    if (tried === TRIES) throw new Error("Toxiproxy does not answer");
    await sleep(TRY_EVERY_MS);
  }
}
