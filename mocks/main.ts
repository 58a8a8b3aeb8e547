import { writeFileSync } from "node:fs";
import { explainError } from "../harness/error.ts";
import { systemClock } from "../harness/time/system-clock.ts";
import { untilStopped } from "./cli/until-stopped.ts";
import { createMockClock } from "./core/clock.ts";
import { startMock } from "./core/life.ts";
import { readMockSettings } from "./core/mount/settings.ts";
import { serveMock } from "./core/mount/standalone.ts";
import { loadMock } from "./registry.ts";

/** A mock as a container's main process: `node mocks.mjs llm`, on the ports that its definition names. */
async function main(name: string): Promise<void> {
  const definition = await loadMock(name);
  const { seed, settings } = readMockSettings(process.env);
  const clock = createMockClock({
    base: systemClock(),
    epochMs: Date.now,
    mode: { kind: "run", scale: 1 },
  });
  const mock = startMock(definition, { seed: seed ?? 1, clock, settings });
  const server = await serveMock(mock, { host: "0.0.0.0", ports: {}, controlPort: definition.controlPort });
  process.stdout.write(`${JSON.stringify({ mock: name, seed: mock.seed, ports: server.ports })}\n`);
  // For the image's health check, which must not know every mock's port.
  const portFile = process.env["MOCK_PORT_FILE"];
  if (portFile !== undefined) writeFileSync(portFile, String(server.controlPort));
  await untilStopped();
  await server.close();
}

main(process.argv[2] ?? "").catch((error: unknown) => {
  process.stderr.write(`${explainError(error)}\n`);
  process.exit(64);
});
