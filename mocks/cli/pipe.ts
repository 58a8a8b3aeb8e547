import { parseFlags } from "../../harness/cli/command.ts";
import { FiredrillError } from "../../harness/error.ts";
import { systemClock } from "../../harness/time/system-clock.ts";
import { createMockClock } from "../core/clock.ts";
import { startMock } from "../core/life.ts";
import { servePipe } from "../core/mount/pipe.ts";
import { pipeMock } from "../core/pipe.ts";
import { parsePort } from "../core/serve-options.ts";
import { untilStopped } from "./until-stopped.ts";

const usage = "mocks pipe --to host:port [--port N] [--control-port N] [--host ADDRESS]";

/** `firedrill mocks pipe`: the faults of the wire in front of any TCP server, until Ctrl-C. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseFlags(usage, args, {
    to: { type: "string", default: "" },
    port: { type: "string", default: "0" },
    "control-port": { type: "string", default: "0" },
    host: { type: "string", default: "127.0.0.1" },
  });
  const [, host, port] = /^(.+):(\d+)$/.exec(values.to) ?? [];
  if (host === undefined || port === undefined)
    throw new FiredrillError("USAGE_FLAG", "where does the pipe lead?", {
      received: values.to,
      expected: "--to host:port",
    });
  const clock = createMockClock({
    base: systemClock(),
    epochMs: Date.now,
    mode: { kind: "run", scale: 1 },
  });
  const pipe = await servePipe(
    startMock(pipeMock, { seed: 1, clock }),
    { host, port: parsePort(port) },
    {
      host: values.host,
      ports: { pipe: parsePort(values.port) },
      controlPort: parsePort(values["control-port"]),
    },
  );
  const at = (toPort: number | undefined) => `${pipe.host}:${toPort}`;
  process.stdout.write(
    `pipe      tcp://${at(pipe.ports["pipe"])} → ${values.to}\ncontrol   http://${at(pipe.controlPort)}\nready; Ctrl-C stops\n`,
  );
  await untilStopped();
  await pipe.close();
  return 0;
}
