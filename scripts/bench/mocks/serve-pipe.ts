import { systemClock } from "../../../harness/time/system-clock.ts";
import { createMockClock } from "../../../mocks/core/clock.ts";
import { startMock } from "../../../mocks/core/life.ts";
import { servePipe } from "../../../mocks/core/mount/pipe.ts";
import { pipeMock } from "../../../mocks/core/pipe.ts";
import { announce } from "./child.ts";

/** Our fault pipe without a fault, as a process of the bench, in front of the port that it is given. */
const clock = createMockClock({
  base: systemClock(),
  epochMs: Date.now(),
  mode: { kind: "run", scale: 1 },
});
const upstream = { host: "127.0.0.1", port: Number(process.argv[2]) };
const { ports } = await servePipe(startMock(pipeMock, { seed: 1, clock }), upstream, {
  host: "127.0.0.1",
  ports: { pipe: 0 },
  controlPort: 0,
});
announce(ports["pipe"] ?? 0);
