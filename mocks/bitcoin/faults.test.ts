import { expect, test } from "vitest";
import { coreOf, errorOf, REACH } from "./clients.testkit.ts";
import type { Call, Reached } from "./clients.testkit.ts";
import { BITCOIN_FAULTS } from "./faults.ts";
import { blockOf } from "./pool.testkit.ts";

/** One fault against `bitcoin-core`. Those of ZMQ are in zmq/zmq.test.ts. */
interface Scene {
  readonly call: Call;
  readonly reached: Reached;
  put(params?: object, more?: object): void;
  clear(): void;
  template(): Promise<any>;
}

type OfRpc = Exclude<keyof typeof BITCOIN_FAULTS, `zmq.${string}`>;

const CASES: Readonly<Record<OfRpc, (scene: Scene) => Promise<void>>> = {
  "tip.stall": async ({ call, put, clear, reached }) => {
    put();
    await reached.mock.clock.advance(3 * 3_600_000);
    expect(await call("getblockcount")).toBe(5);
    clear();
    expect(await call("getblockcount")).toBeGreaterThan(10);
  },
  reorg: async ({ call, put, template }) => {
    const before = await call("getblock", await call("getblockhash", 5));
    put({ depth: 3 });
    expect(await call("getblockcount")).toBe(6);
    expect((await call("getblock", before.hash)).confirmations).toBe(-1);
    const waiting = await call("getrawmempool");
    expect(before.tx.slice(1).every((txid: string) => waiting.includes(txid))).toBe(true);
    // Once, until it is put again; and this time the transactions are lost.
    const lost = (await call("getblock", await call("getbestblockhash"))).tx;
    expect(await call("getblockcount")).toBe(6);
    await call("submitblock", blockOf(await template()));
    const taken = (await call("getblock", await call("getbestblockhash"))).tx.slice(1);
    expect(taken.length).toBeGreaterThan(lost.length);
    put({ depth: 1, keepTxs: false });
    const left = await call("getrawmempool");
    expect(taken.some((txid: string) => left.includes(txid))).toBe(false);
    expect((await call("getchaintips")).length).toBe(3);
  },
  orphanRace: async ({ call, put, template }) => {
    put({ probability: 1 }, { count: 1 });
    const given = await template();
    expect(await call("submitblock", blockOf(given))).toBeNull();
    expect(await call("getblockcount")).toBe(given.height + 1);
    const tips = await call("getchaintips");
    expect(tips.map(({ branchlen }: { branchlen: number }) => branchlen)).toEqual([0, 1]);
    // A race that is lost with probability 0 is won.
    put({ probability: 0 });
    const next = await template();
    expect(await call("submitblock", blockOf(next))).toBeNull();
    expect(await call("getblockcount")).toBe(next.height);
  },
  ibd: async ({ call, put, template }) => {
    put();
    expect((await call("getblockchaininfo")).initialblockdownload).toBe(true);
    expect(await errorOf(template())).toBe("-10: Bitcoin Core is in initial sync and waiting for blocks...");
  },
  peer0: async ({ call, put, template }) => {
    put();
    expect((await call("getnetworkinfo")).connections).toBe(0);
    expect(await call("getpeerinfo")).toEqual([]);
    expect(await errorOf(template())).toBe("-9: Bitcoin Core is not connected!");
  },
  warmup: async ({ call, put }) => {
    put();
    expect(await errorOf(call("getblockcount"))).toBe("-28: Loading block index…");
  },
  workQueue: async ({ call, put }) => {
    put({}, { count: 1 });
    expect(await errorOf(call("getblockcount"))).toBe("503: Service Unavailable");
    expect(await call("getblockcount")).toBe(5);
  },
  "rpc.timeout": async ({ reached, put, call }) => {
    put({ sec: 30 }, { scope: { method: "getbestblockhash" } });
    const impatient = coreOf(reached, { timeout: 200 });
    expect(await errorOf(impatient("getbestblockhash"))).toMatch(/TIMEDOUT/);
    expect(await call("getblockcount")).toBe(5);
    const late = call("getbestblockhash");
    while (!reached.mock.journal.text().includes('"hit":2'))
      await new Promise((resolve) => setImmediate(resolve));
    await reached.mock.clock.advance(30_000);
    expect(await late).toMatch(/^[0-9a-f]{64}$/);
  },
  "auth.rotate": async ({ call, put, reached }) => {
    put({ password: "new" });
    expect(await errorOf(call("getblockcount"))).toMatch(/^401: /);
    expect(await coreOf(reached, { password: "new" })("getblockcount")).toBe(5);
  },
  "gbt.stale": async ({ call, put, template, reached }) => {
    put({ sec: 60 });
    const first = await template();
    expect(await call("submitblock", blockOf(first))).toBeNull();
    const again = await template();
    expect(again.previousblockhash).toBe(first.previousblockhash);
    expect(await call("submitblock", blockOf({ ...again, curtime: again.curtime + 1 }))).toBe("inconclusive");
    await reached.mock.clock.advance(61_000);
    expect((await template()).previousblockhash).toBe(await call("getbestblockhash"));
  },
  "gbt.badBits": async ({ call, put, template }) => {
    put();
    const given = await template();
    expect(given.bits).not.toBe("207fffff");
    expect(await call("submitblock", blockOf(given))).toBe("bad-diffbits");
  },
  "gbt.noCommitment": async ({ call, put, template }) => {
    put();
    const given = await template();
    expect(given.default_witness_commitment).toBeUndefined();
    expect(await call("submitblock", blockOf(given))).toBe("unexpected-witness");
  },
  "gbt.missingRule": async ({ put, template }) => {
    put();
    expect(await errorOf(template())).toMatch(
      /^-8: getblocktemplate must be called with the signet rule set/,
    );
  },
  "gbt.hugeMempool": async ({ call, put, template }) => {
    put({ txs: 1_500 });
    const given = await template();
    expect(given.transactions.length).toBe(1_500);
    expect(await call("submitblock", blockOf(given))).toBeNull();
    expect((await call("getblock", await call("getbestblockhash"))).nTx).toBe(1_501);
  },
  "difficulty.step": async ({ call, put, template, clear }) => {
    const before = await template();
    put({ factor: 100 });
    const given = await template();
    expect((await call("getmininginfo")).next.bits).toBe(given.bits);
    expect(Number.parseInt(given.target.slice(0, 6), 16)).toBeLessThan(
      Number.parseInt(before.target.slice(0, 6), 16) / 99,
    );
    expect(await call("submitblock", blockOf(before))).toBe("bad-diffbits");
    expect(await call("submitblock", blockOf(given))).toBeNull();
    clear();
    expect((await template()).bits).toBe("207fffff");
  },
  clock: async ({ call, put, template }) => {
    const { curtime } = await template();
    put({ seconds: 10_000 });
    const ahead = await template();
    expect(ahead.curtime).toBe(curtime + 10_000);
    put({ seconds: 0 });
    expect(await call("submitblock", blockOf(ahead))).toBe("time-too-new");
    put({ seconds: -10_000 });
    expect((await template()).curtime).toBe(curtime - 10_000);
  },
  "submitblock.reject": async ({ call, put, template }) => {
    put({ reason: "bad-cb-amount" }, { count: 1 });
    const block = blockOf(await template());
    expect(await call("submitblock", block)).toBe("bad-cb-amount");
    expect(await call("submitblock", block)).toBeNull();
  },
  "submitblock.inconclusive": async ({ call, put, template }) => {
    put({}, { count: 1 });
    const block = blockOf(await template());
    expect(await call("submitblock", block)).toBe("inconclusive");
    expect(await call("getblockcount")).toBe(5);
    expect(await call("submitblock", block)).toBeNull();
  },
  "submitblock.lostResponse": async ({ call, put, template }) => {
    put({}, { count: 1 });
    const block = blockOf(await template());
    expect(await errorOf(call("submitblock", block))).toMatch(/^ECONNRESET: /);
    // ckpool asks five times and takes this for success.
    expect(await call("submitblock", block)).toBe("duplicate");
  },
};

test.each(Object.entries(CASES))("%s", async (kind, play) => {
  const reached = await REACH.standalone({
    mode: { kind: "frozen" },
    settings: { blocks: "5", mempool: "4", blockEvery: "10m" },
  });
  const call = coreOf(reached);
  const put = (params = {}, more = {}) => void reached.mock.faults.put("fault", { kind, params, ...more });
  const clear = () => void reached.mock.faults.delete("fault");
  const template = () => call("getblocktemplate", { rules: ["segwit"] });
  try {
    await play({ call, reached, put, clear, template });
  } finally {
    await reached.close();
  }
});

test("every kind has its case here or beside the publisher", () => {
  const ofZmq = ["zmq.drop", "zmq.gap", "zmq.dup", "zmq.late"];
  expect([...Object.keys(CASES), ...ofZmq].toSorted()).toEqual(Object.keys(BITCOIN_FAULTS).toSorted());
});
