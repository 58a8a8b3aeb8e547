import { describe, expect, test } from "vitest";
import { ADDRESS, coreOf, errorOf, REACH } from "./clients.testkit.ts";
import type { Call, Reached } from "./clients.testkit.ts";
import { decodeBlock } from "./chain/block.ts";
import { checkBlock } from "./node/check.ts";
import { encodeTransaction } from "./chain/transaction.ts";
import type { Transaction } from "./chain/transaction.ts";
import { blockOf } from "./pool.testkit.ts";
import { parseBitcoinSettings } from "./settings.ts";

/** A mock with its client, closed at the end. */
async function withNode(
  settings: Record<string, string>,
  play: (call: Call, reached: Reached) => Promise<void>,
): Promise<void> {
  const reached = await REACH.standalone({ mode: { kind: "frozen" }, settings });
  try {
    await play(coreOf(reached), reached);
  } finally {
    await reached.close();
  }
}

/** The commitment of a block without transactions. */
const EMPTY = "6a24aa21a9ede2f61c3f71d1defd3fa999dfa36953755c690689799962b48bebd836974e8cf9";
const RULES = { rules: ["segwit"] };

/** Spends the first output of a transaction to nobody in particular, leaving `fee`. */
const spend = (txid: string, value: number, fee: number): string => {
  const transaction: Transaction = {
    version: 2,
    inputs: [{ txid, vout: 0, script: Buffer.alloc(0), sequence: 0xffffffff, witness: [] }],
    outputs: [{ value: BigInt(value - fee), script: Buffer.from(`0014${"cd".repeat(20)}`, "hex") }],
    lockTime: 0,
  };
  return encodeTransaction(transaction).toString("hex");
};

describe("coins", () => {
  test("a coinbase can be spent after 100 blocks, once, and with a fee", () =>
    withNode({}, async (call) => {
      const [first] = await call("generatetoaddress", 99, ADDRESS);
      const [coinbase] = (await call("getblock", first)).tx;
      const SUBSIDY = 5_000_000_000;
      expect(await errorOf(call("sendrawtransaction", spend(coinbase, SUBSIDY, 1_000)))).toBe(
        "-26: bad-txns-premature-spend-of-coinbase",
      );
      await call("generatetoaddress", 1, ADDRESS);
      expect(await errorOf(call("sendrawtransaction", spend(coinbase, SUBSIDY, 0)))).toMatch(
        /^-26: min relay fee not met/,
      );
      expect(await errorOf(call("sendrawtransaction", spend(coinbase, SUBSIDY, -1)))).toBe(
        "-26: bad-txns-in-belowout",
      );
      expect(await errorOf(call("sendrawtransaction", spend("12".repeat(32), SUBSIDY, 1_000)))).toBe(
        "-25: bad-txns-inputs-missingorspent",
      );
      const paying = spend(coinbase, SUBSIDY, 1_000);
      const txid = await call("sendrawtransaction", paying);
      expect(await call("sendrawtransaction", paying)).toBe(txid);
      expect(await errorOf(call("sendrawtransaction", spend(coinbase, SUBSIDY, 2_000)))).toBe(
        "-26: txn-mempool-conflict",
      );
      const child = await call("sendrawtransaction", spend(txid, SUBSIDY - 1_000, 50_000));
      const template = await call("getblocktemplate", RULES);
      // The child pays more and stands behind its parent all the same.
      expect(template.transactions.map((it: any) => [it.txid, it.fee, it.depends])).toEqual([
        [txid, 1_000, []],
        [child, 50_000, [1]],
      ]);
      expect(await call("submitblock", blockOf(template))).toBeNull();
      expect(await call("gettxout", coinbase, 0)).toBeNull();
      expect((await call("gettxout", child, 0)).confirmations).toBe(1);
      expect(await errorOf(call("sendrawtransaction", paying))).toMatch(/^-(25|27): /);
      expect(await call("getrawmempool")).toEqual([]);
    }));
});

describe("blocks of others", () => {
  test("come as a Poisson process on the mock's clock", () =>
    withNode({ blockEvery: "10m", blocks: "1" }, async (call, { mock }) => {
      const counts: number[] = [];
      for (let hours = 1; hours <= 40; hours++) {
        await mock.clock.advance(5 * 3_600_000);
        counts.push(await call("getblockcount"));
      }
      const rises = counts.map((count, at) => count - (counts[at - 1] ?? 1));
      const mean = rises.reduce((sum, it) => sum + it, 0) / rises.length;
      const variance = rises.reduce((sum, it) => sum + (it - mean) ** 2, 0) / rises.length;
      // 30 in five hours; the variance of a Poisson count is its mean. The seed makes both fixed numbers.
      expect(Math.abs(mean - 30)).toBeLessThan(3);
      expect(variance / mean).toBeGreaterThan(0.5);
      expect(variance / mean).toBeLessThan(2);
      const times: number[] = [];
      for (let height = 2; height < 40; height++)
        times.push((await call("getblockheader", await call("getblockhash", height))).time);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }));

  test("a waiting getblocktemplate is answered when one arrives", () =>
    withNode({ blockEvery: "10m", blocks: "1" }, async (call, { mock }) => {
      const first = await call("getblocktemplate", RULES);
      const next = call("getblocktemplate", { ...RULES, longpollid: first.longpollid });
      while (!mock.journal.text().includes('"n":2')) await new Promise((resolve) => setImmediate(resolve));
      await mock.clock.advance(3 * 3_600_000);
      expect((await next).height).toBeGreaterThan(first.height);
    }));

  test("nobody listening, a mock on a jumping clock stands still", async () => {
    const reached = await REACH.standalone({ settings: { blockEvery: "10m", blocks: "1" } });
    const call = coreOf(reached);
    expect(await call("getblockcount")).toBe(1);
    expect(await call("getblockcount")).toBe(1);
    expect(reached.mock.clock.nowMs()).toBe(0);
    await reached.close();
  });
});

describe("chains", () => {
  test("lab: blocks cost real work, and the work is done", () =>
    withNode({ network: "lab" }, async (call) => {
      const [hash] = await call("generatetoaddress", 1, ADDRESS, 20_000_000);
      expect(hash).toMatch(/^0000/);
      expect(await call("getblockheader", hash)).toMatchObject({ bits: "1f00ffff", confirmations: 1 });
      expect(await call("generatetoaddress", 1, ADDRESS, 1)).toEqual([]);
    }));

  test("blocks below the limit are pruned, and their coins stay", () =>
    withNode({ keepBlocks: "300" }, async (call) => {
      const [first] = await call("generatetoaddress", 1, ADDRESS);
      const [coinbase] = (await call("getblock", first)).tx;
      await call("generatetoaddress", 310, ADDRESS);
      expect(await errorOf(call("getblock", first))).toBe("-5: Block not found");
      expect(await errorOf(call("getblockhash", 5))).toMatch(/^-1: Block not available/);
      expect((await call("gettxout", coinbase, 0)).confirmations).toBe(311);
      expect((await call("getblockchaininfo")).blocks).toBe(311);
    }));

  test("testnet4: twenty minutes without a block, and the next may be easy", () =>
    withNode({ network: "testnet4", bits: "1c00ffff" }, async (call, { mock }) => {
      expect((await call("getblocktemplate", RULES)).bits).toBe("1c00ffff");
      await mock.clock.advance(20 * 60_000);
      expect((await call("getblocktemplate", RULES)).bits).toBe("1d00ffff");
    }));

  test("a signet of your own lets every block in that has its work; the public one wants a signature first", () =>
    withNode({ network: "signet", signetChallenge: "51" }, async (call) => {
      const rules = ["segwit", "signet"];
      const template = await call("getblocktemplate", { rules });
      expect(template.signet_challenge).toBe("51");
      // 0x1e0377ae takes millions of hashes: without them a block of both is refused for its work.
      expect(await call("submitblock", blockOf(template, { noWork: true }))).toBe("high-hash");
      expect(
        await call("getblocktemplate", {
          rules,
          mode: "proposal",
          data: blockOf(template, { noWork: true }),
        }),
      ).toBeNull();
    }));

  test("signet's signature is looked at after the work and before all else", () => {
    const { network } = parseBitcoinSettings({ network: "signet" });
    const easy = { ...network, limitBits: 0x207fffff };
    const given = {
      version: 4,
      previousblockhash: "11".repeat(32),
      transactions: [],
      coinbasevalue: 1,
      curtime: 1,
      mintime: 1,
      bits: "207fffff",
      height: 9,
      default_witness_commitment: EMPTY,
    };
    const block = decodeBlock(Buffer.from(blockOf(given), "hex"));
    expect(checkBlock(block, easy)).toBe("bad-signet-blksig");
    expect(checkBlock(block, { ...easy, signetChallenge: "51" })).toBeNull();
  });

  test("generateblock takes chosen transactions, from the mempool or whole, and can keep the block to itself", () =>
    withNode({ mempool: "3", blocks: "1" }, async (call) => {
      const [txid] = await call("getrawmempool");
      const { hash, hex } = await call("generateblock", ADDRESS, [txid], false);
      expect(await call("getblockcount")).toBe(1);
      expect(await call("submitblock", hex)).toBeNull();
      expect((await call("getblock", hash)).tx[1]).toBe(txid);
      const [other] = await call("getrawmempool");
      expect((await call("generateblock", ADDRESS, [other])).hash).toBe(await call("getbestblockhash"));
      expect(await errorOf(call("generateblock", ADDRESS, ["00"]))).toMatch(
        /^-22: Transaction decode failed for 00/,
      );
      expect(await errorOf(call("generateblock", ADDRESS, ["11".repeat(32)]))).toMatch(
        /^-5: .*not in mempool/,
      );
    }));

  test("stop: nobody is there any more", () =>
    withNode({}, async (call) => {
      expect(await call("stop")).toBe("Bitcoin Core stopping");
      expect(await errorOf(call("uptime"))).toMatch(/^ECONNRESET: /);
    }));

  test("a reset brings the first moment back, byte for byte", () =>
    withNode({ blocks: "3", mempool: "3", blockEvery: "10m" }, async (call, { mock }) => {
      const before = await call("getblocktemplate", RULES);
      await mock.clock.advance(3_600_000);
      await call("generatetoaddress", 2, ADDRESS);
      mock.reset();
      expect(await call("getblocktemplate", RULES)).toEqual(before);
    }));
});

test.each([
  { network: "x" },
  { bits: "xyz" },
  { blocks: "-1" },
  { zmq: "28332:nothing" },
  { mempool: "many" },
  { keepBlocks: "10" },
])("a setting that makes no sense: %j", (settings) => {
  expect(() => parseBitcoinSettings(settings as unknown as Record<string, string>)).toThrow(/makes no sense/);
});
