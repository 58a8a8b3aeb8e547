import fc from "fast-check";
import { expect, test } from "vitest";
import { MOUNTS, play } from "../core/mounts.testkit.ts";
import type { Ask } from "../core/mounts.testkit.ts";
import type { MockDefinition } from "../core/mock.ts";
import { bitcoinMock } from "./bitcoin.ts";
import { ADDRESS } from "./clients.testkit.ts";

/** The kit asks by https, as the other mocks' clients do; a node is asked by http at its port. */
const definition: MockDefinition = {
  ...bitcoinMock,
  build(world) {
    const built = bitcoinMock.build(world);
    const listeners = built.listeners.map((it) =>
      it.kind === "http" ? { ...it, hosts: ["node.test"] } : it,
    );
    return { ...built, listeners };
  },
};

const authorization = `Basic ${Buffer.from("user:password").toString("base64")}`;
const call = (method: string, ...params: unknown[]): Ask => ({
  method: "POST",
  path: "/",
  headers: { authorization },
  body: JSON.stringify({ id: 1, method, params }),
});

const asks = fc.array(
  fc.constantFrom(
    call("getblockchaininfo"),
    call("getblocktemplate", { rules: ["segwit"] }),
    call("getblocktemplate", {}),
    call("generatetoaddress", 2, ADDRESS),
    call("getrawmempool", true),
    call("getpeerinfo"),
    call("getchaintips"),
    call("submitblock", "00"),
    call("nothing"),
    { method: "GET" as const, path: "/", headers: {} },
    { method: "POST" as const, path: "/", headers: {}, body: "{}" },
    { ...call("getblockcount"), body: "[" },
  ),
  { minLength: 1, maxLength: 6 },
);

const faults = fc.constantFrom<Record<string, object>>(
  {},
  { w: { kind: "workQueue", when: { probability: 0.5 } } },
  { r: { kind: "reorg", params: { depth: 2 } }, l: { kind: "rpc.timeout", params: { sec: 100 } } },
  { d: { kind: "difficulty.step", params: { factor: 3 } }, c: { kind: "clock", params: { seconds: 100 } } },
  { h: { kind: "gbt.hugeMempool", params: { txs: 20 } }, t: { kind: "tip.stall" } },
);

test("same seed and same requests: the same bytes and the same journal in every mount", async () => {
  await fc.assert(
    fc.asyncProperty(asks, faults, async (list, standing) => {
      const settings = { blocks: "3", mempool: "3", blockEvery: "1m" };
      const [first = "", ...others] = Object.keys(MOUNTS);
      const wanted = await play(first, definition, list, standing, settings);
      for (const mount of others)
        expect(await play(mount, definition, list, standing, settings), mount).toEqual(wanted);
    }),
    { numRuns: 12 },
  );
});
