import fc from "fast-check";
import { expect, test } from "vitest";
import { MOUNTS, play } from "../core/mounts.testkit.ts";
import type { Ask } from "../core/mounts.testkit.ts";
import type { MockDefinition } from "../core/mock.ts";
import { gpuMock } from "./gpu.ts";

const get = (path: string): Ask => ({ method: "GET", path, headers: {} });
const post = (path: string, body: object | string): Ask => ({
  method: "POST",
  path,
  headers: {},
  body: typeof body === "string" ? body : JSON.stringify(body),
});
const smi = (...args: string[]) => post("/nvidia-smi", { args });

const apiAsks = fc.constantFrom(
  post("/jobs", { memoryMib: 9_000 }),
  post("/jobs", { memoryMib: 60_000, gpu: 1 }),
  smi(),
  smi("--query-gpu=uuid,serial,temperature.gpu,power.draw,timestamp", "--format=csv"),
  smi("-q", "-x"),
  smi("-r"),
  smi("mig", "-lgi"),
  post("/run", "nvidia-smi\n-L\n"),
  get("/gpus"),
  get("/jobs"),
  get("/kmsg"),
  get("/node"),
  get("/nothing"),
);
const dcgmAsks = fc.constantFrom(get("/metrics"), get("/health"), get("/metrics?x=1"), get("/nothing"));

const faults = fc.constantFrom<Record<string, object>>(
  {},
  { x: { kind: "xid", params: { code: 95, gpu: 1 } }, hot: { kind: "thermal", params: { fanFail: true } } },
  {
    gone: { kind: "busDrop", when: { probability: 0.5 } },
    slow: { kind: "hang", params: { nvidiaSmiSec: 90 } },
  },
  {
    late: { kind: "latency", params: { dist: "const", mean: 5_000 } },
    cap: { kind: "powerCap", params: { watts: 250 } },
  },
  {
    nine: { kind: "dcgm.dialect", params: { to: "4.9" } },
    wait: { kind: "latency", params: { dist: "const", mean: 20_000 } },
  },
);

/** The same mock with its other port first: a mount's test asks the first one. */
const dcgmFirst: MockDefinition = {
  ...gpuMock,
  build(world) {
    const built = gpuMock.build(world);
    return { ...built, listeners: built.listeners.toReversed() };
  },
};

test.each([
  ["api", gpuMock, apiAsks],
  ["dcgm", dcgmFirst, dcgmAsks],
])(
  "%s: same seed and same requests, the same bytes and the same journal in every mount",
  async (_, definition, ask) => {
    await fc.assert(
      fc.asyncProperty(fc.array(ask, { minLength: 1, maxLength: 6 }), faults, async (list, standing) => {
        const [first = "", ...others] = Object.keys(MOUNTS);
        const settings = { count: "2", dcgmIntervalMs: "10000" };
        const wanted = await play(first, definition, list, standing, settings);
        for (const mount of others)
          expect(await play(mount, definition, list, standing, settings), mount).toEqual(wanted);
      }),
      { numRuns: 8 },
    );
  },
);
