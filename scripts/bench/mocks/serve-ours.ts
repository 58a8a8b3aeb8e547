import { systemClock } from "../../../harness/time/system-clock.ts";
import { createMockClock } from "../../../mocks/core/clock.ts";
import { startMock } from "../../../mocks/core/life.ts";
import { serveMock } from "../../../mocks/core/mount/standalone.ts";
import { llmMock } from "../../../mocks/llm/llm.ts";
import { announce } from "./child.ts";
import { REPLY } from "./workload.ts";

/** Our LLM mock as a process of the bench: an engine without delays, limits out of reach. */
const mock = startMock(llmMock, {
  seed: 1,
  clock: createMockClock({ base: systemClock(), epochMs: Date.now(), mode: { kind: "run", scale: 1 } }),
  settings: { reply: REPLY, rpm: "1e12", tpm: "1e12" },
});
const { ports } = await serveMock(mock, { host: "127.0.0.1", ports: { api: 0 }, controlPort: 0 });
announce(ports["api"] ?? 0);
