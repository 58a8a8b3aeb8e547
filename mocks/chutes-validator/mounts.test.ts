import fc from "fast-check";
import { expect, test } from "vitest";
import { EPOCH_MS } from "../core/echo.testkit.ts";
import { MOUNTS, play } from "../core/mounts.testkit.ts";
import type { Ask } from "../core/mounts.testkit.ts";
import { chutesValidatorMock } from "./chutes-validator.ts";
import { gpuArgs, MINER, signed } from "./client.testkit.ts";

/** Signatures are random, so they are made once and played to every mount. */
const asked = (path: string, purpose: string): Ask => ({
  method: "GET",
  path,
  headers: signed(MINER, EPOCH_MS, { purpose }),
});
const posted = (path: string, value: object): Ask => {
  const payload = JSON.stringify(value);
  return {
    method: "POST",
    path,
    headers: { ...signed(MINER, EPOCH_MS, { payload }), "content-type": "application/json" },
    body: payload,
  };
};

const device = {
  name: "NVIDIA H200",
  memory: 150_754_820_096,
  clock_rate: 1_980_000,
  model_short_ref: "h200",
};
const gpu = gpuArgs({ ...device, uuid: "0f".repeat(16), processors: 132 }, 0);

const asks = fc.array(
  fc.constantFrom(
    asked("/miner/chutes/", "miner"),
    asked("/miner/instances/?explicit_null=True", "miner"),
    asked("/miner/active_instances/", "miner"),
    asked("/miner/servers/", "launch"),
    asked("/instances/launch_config?chute_id=none", "launch"),
    asked("/servers/maintenance/policy", "tee"),
    posted("/servers/", { host: "203.0.113.7", id: "s", gpus: [gpu] }),
    posted("/nodes/", { nodes: [gpu] }),
    posted("/audit/miner_data", { start_time: "2026-01-01T00:00:00Z", end_time: "2026-01-01T01:00:00Z" }),
    { method: "GET" as const, path: "/chutes/utilization", headers: {} },
    { method: "GET" as const, path: "/socket.io/?EIO=4&transport=polling", headers: {} },
    { method: "GET" as const, path: "/nothing", headers: {} },
  ),
  { minLength: 1, maxLength: 6 },
);

const faults = fc.constantFrom<Record<string, object>>(
  {},
  { none: { kind: "validator.NO_ITEMS", when: { probability: 0.5 } } },
  { skew: { kind: "validator.401skew", when: { afterRequests: 2 } } },
  { slow: { kind: "latency", params: { dist: "lognormal", mean: 200 } } },
);

test("same seed and same requests: the same bytes and the same journal in every mount", async () => {
  await fc.assert(
    fc.asyncProperty(
      asks,
      faults,
      fc.constantFrom("chutes-tee", "chutes-graval-legacy"),
      async (list, standing, profile) => {
        const [first = "", ...others] = Object.keys(MOUNTS);
        const wanted = await play(first, chutesValidatorMock, list, standing, { profile });
        for (const mount of others)
          expect(await play(mount, chutesValidatorMock, list, standing, { profile }), mount).toEqual(wanted);
      },
    ),
    { numRuns: 12 },
  );
});
