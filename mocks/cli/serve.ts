import { writeFileSync } from "node:fs";
import { parseFlags } from "../../harness/cli/command.ts";
import { FiredrillError } from "../../harness/error.ts";
import { systemClock } from "../../harness/time/system-clock.ts";
import { createMockClock } from "../core/clock.ts";
import { startMock } from "../core/life.ts";
import type { RunningMock } from "../core/life.ts";
import { createAuthority } from "../core/mount/authority.ts";
import type { Listener } from "../core/mock.ts";
import { readAssignments } from "../core/mount/settings.ts";
import { serveMock } from "../core/mount/standalone.ts";
import type { StandaloneMock } from "../core/mount/standalone.ts";
import { parseClock, parseEpochMs, parsePort, parsePorts } from "../core/serve-options.ts";
import { loadMock, MOCK_NAMES } from "../registry.ts";
import { untilStopped } from "./until-stopped.ts";

const usage =
  "mocks serve <name>… | --all [--port N | name=N]… [--control-port N] [--seed N] [--set name=value]… " +
  "[--clock real|10x|frozen|jump] [--epoch now|DATE] [--host ADDRESS] [--tls CA-FILE] [--strict] [--fidelity]";

const FLAGS = {
  all: { type: "boolean", default: false },
  port: { type: "string", multiple: true, default: [] as string[] },
  "control-port": { type: "string" },
  seed: { type: "string", default: "1" },
  set: { type: "string", multiple: true, default: [] as string[] },
  clock: { type: "string", default: "real" },
  epoch: { type: "string", default: "now" },
  host: { type: "string", default: "127.0.0.1" },
  /** Every mock speaks TLS; who trusts the certificate that is written to this file trusts them. */
  tls: { type: "string" },
  strict: { type: "boolean", default: false },
  fidelity: { type: "boolean", default: false },
} as const;

/** What an unmodelled request makes of the exit status under `--strict`. */
const EXIT_UNMODELLED = 10;

/** `firedrill mocks serve`: starts mocks, prints where they are, ends on Ctrl-C. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseFlags(usage, args, FLAGS);
  const names = values.all ? MOCK_NAMES : positionals;
  if (names.length === 0)
    throw new FiredrillError("USAGE_FLAG", "which mock?", {
      expected: `--all, or: ${MOCK_NAMES.join(", ")}`,
    });
  const definitions = await Promise.all(names.map((name) => loadMock(name)));
  if (values.fidelity) {
    const files = definitions.map(({ fidelity }) => fidelity);
    process.stdout.write(`${JSON.stringify(files.length === 1 ? files[0] : files, null, 2)}\n`);
    return 0;
  }
  if (
    names.length > 1 &&
    (values.port.length > 0 || values["control-port"] !== undefined || values.set.length > 0)
  )
    throw new FiredrillError("USAGE_FLAG", "--port, --control-port and --set are for one mock at a time");

  const authority = values.tls === undefined ? null : await createAuthority();
  if (authority !== null) writeFileSync(values.tls ?? "", authority.pem);
  const running: { mock: RunningMock; server: StandaloneMock }[] = [];
  try {
    for (const definition of definitions) {
      const mock = startMock(definition, {
        seed: parseSeed(values.seed),
        settings: { ...readAssignments(values.set), ...neighbourly(definition.name, running) },
        clock: createMockClock({
          base: systemClock(),
          epochMs: parseEpochMs(values.epoch, Date.now),
          mode: parseClock(values.clock),
        }),
      });
      const server = await serveMock(mock, {
        host: values.host,
        ports: parsePorts(values.port, mock.built.listeners),
        controlPort: parsePort(values["control-port"] ?? String(definition.controlPort)),
        ...(authority === null ? {} : { authority }),
      });
      running.push({ mock, server });
    }
    process.stdout.write(table(running, authority !== null));
    await untilStopped();
  } finally {
    await Promise.all(running.map(({ server }) => server.close()));
  }
  return ended(
    running.map(({ mock }) => mock),
    values.strict,
  );
}

/** GPUs slow down the LLM that is served beside them. */
function neighbourly(
  name: string,
  running: readonly { mock: RunningMock; server: StandaloneMock }[],
): Record<string, string> {
  const llm = running.find(({ mock }) => mock.definition.name === "llm");
  if (name !== "gpu" || llm === undefined) return {};
  return { slows: `http://${llm.server.host}:${llm.server.controlPort}` };
}

function table(
  running: readonly { mock: RunningMock; server: StandaloneMock }[],
  everywhereTls: boolean,
): string {
  const rows = running.flatMap(({ mock, server }) => [
    ...mock.built.listeners.map((listener) => [
      mock.definition.name,
      listener.name,
      schemeOf(listener, everywhereTls),
      server.ports[listener.name],
    ]),
    [mock.definition.name, "control", "http", server.controlPort],
  ]);
  const lines = rows.map(([mock, name, kind, port], at) => {
    const { host } = running.find(({ mock: it }) => it.definition.name === mock)?.server ?? { host: "" };
    return `${String(rows[at - 1]?.[0] === mock ? "" : mock).padEnd(18)}${String(name).padEnd(12)}${kind}://${host}:${port}`;
  });
  return `${lines.join("\n")}\nready; Ctrl-C stops\n`;
}

function schemeOf(listener: Listener, everywhereTls: boolean): string {
  if (listener.kind === "tcp") return everywhereTls ? "tls" : "tcp";
  return everywhereTls || listener.tls !== undefined ? "https" : "http";
}

function ended(mocks: readonly RunningMock[], strict: boolean): number {
  const unmodelled = mocks.reduce((sum, mock) => sum + mock.journal.unmodelled(), 0);
  process.stdout.write(`stopped after ${mocks.reduce((sum, mock) => sum + mock.requests(), 0)} requests`);
  process.stdout.write(
    unmodelled === 0 ? "\n" : `; ${unmodelled} asked for something that is not modelled\n`,
  );
  return strict && unmodelled > 0 ? EXIT_UNMODELLED : 0;
}

function parseSeed(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new FiredrillError("USAGE_FLAG", "--seed is no whole number", { received: text });
}
