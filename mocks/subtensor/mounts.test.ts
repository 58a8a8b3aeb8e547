import fc from "fast-check";
import { expect, test } from "vitest";
import { MOUNTS, play } from "../core/mounts.testkit.ts";
import type { Ask } from "../core/mounts.testkit.ts";
import { subtensorMock } from "./subtensor.ts";

const rpc = (method: string, params: readonly unknown[] = []) => ({ jsonrpc: "2.0", id: 1, method, params });
const post = (body: unknown): Ask => ({
  method: "POST",
  path: "/",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

/** A short past is quickly made. */
const settings = { height: "30", subnets: "46" };

const asks = fc.array(
  fc.constantFrom(
    post(rpc("chain_getHeader")),
    post(rpc("chain_getBlockHash", [[0, 28, 30, 5_000]])),
    post(rpc("chain_getFinalizedHead")),
    post(rpc("state_call", ["SubnetInfoRuntimeApi_get_metagraph", "0x2e00"])),
    post(rpc("state_getKeysPaged", ["0x", 20])),
    post(rpc("account_nextIndex", ["5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"])),
    post(rpc("author_submitExtrinsic", ["0x00"])),
    post(rpc("chain_subscribeNewHeads")),
    post(rpc("nothing_known")),
    post([rpc("system_name"), rpc("system_properties"), {}]),
    { ...post(""), body: "{" },
    { method: "GET" as const, path: "/health", headers: {} },
  ),
  { minLength: 1, maxLength: 5 },
);

const faults = fc.constantFrom<Record<string, object>>(
  {},
  { late: { kind: "rpc.timeout", params: { ms: 25_000 } } },
  { odd: { kind: "rpc.error", when: { probability: 0.5 } }, stalled: { kind: "finality.stall" } },
  {
    late: { kind: "rpc.timeout", params: { ms: 30_000 } },
    flip: { kind: "metagraph.flip", params: { what: "deregister" } },
    reorg: { kind: "reorg", count: 1 },
  },
);

test("same seed and same requests: the same bytes and the same journal in every mount", async () => {
  await fc.assert(
    fc.asyncProperty(asks, faults, async (list, standing) => {
      const [first = "", ...others] = Object.keys(MOUNTS);
      const wanted = await play(first, subtensorMock, list, standing, settings);
      for (const mount of others)
        expect(await play(mount, subtensorMock, list, standing, settings), mount).toEqual(wanted);
    }),
    { numRuns: 10 },
  );
});
