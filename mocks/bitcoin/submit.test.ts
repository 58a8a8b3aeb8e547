import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ADDRESS, coreOf, errorOf, REACH } from "./clients.testkit.ts";
import type { Call, Reached } from "./clients.testkit.ts";
import { decodeBlock, encodeBlock } from "./chain/block.ts";
import { coinbaseInput } from "./chain/transaction.ts";
import type { Transaction } from "./chain/transaction.ts";
import { blockOf } from "./pool.testkit.ts";
import type { Template, Twist } from "./pool.testkit.ts";

interface Tip {
  readonly height: number;
  readonly hash: string;
  readonly branchlen: number;
  readonly status: string;
}

const RULES = { rules: ["segwit"] };
const withInput = (coinbase: Transaction, change: object): Transaction => ({
  ...coinbase,
  inputs: [{ ...coinbase.inputs[0]!, ...change }],
});
const withOutput = (at: number, change: (value: bigint) => bigint) => (coinbase: Transaction) => ({
  ...coinbase,
  outputs: coinbase.outputs.map((output, index) =>
    index === at ? { ...output, value: change(output.value) } : output,
  ),
});
/** Spends a coin that never was. */
const FROM_NOWHERE: Transaction = {
  version: 2,
  inputs: [{ txid: "77".repeat(32), vout: 0, script: Buffer.alloc(0), sequence: 0xffffffff, witness: [] }],
  outputs: [{ value: 1n, script: Buffer.of(0x51) }],
  lockTime: 0,
};
const repeated = (script: number, times: number) => Buffer.alloc(times, script);

/** What Core calls each wrong block. */
const REFUSALS: readonly (readonly [string, (template: Template) => Twist])[] = [
  ["high-hash", () => ({ noWork: true })],
  ["bad-txnmrklroot", () => ({ header: { merkleRoot: "11".repeat(32) } })],
  ["bad-txns-duplicate", () => ({ transactions: (all) => [...all, ...all.slice(-2)] })],
  ["bad-blk-length", () => ({ empty: true })],
  ["bad-cb-missing", () => ({ coinbase: (it) => withInput(it, { txid: "11".repeat(32) }) })],
  [
    "bad-cb-multiple",
    () => ({
      transactions: (all) => [...all, { ...FROM_NOWHERE, inputs: [coinbaseInput(repeated(1, 9), [])] }],
    }),
  ],
  ["bad-cb-length", () => ({ coinbase: (it) => withInput(it, { script: Buffer.of(1) }) })],
  ["bad-txns-vout-negative", () => ({ coinbase: withOutput(0, () => -1n) })],
  ["bad-txns-vout-toolarge", () => ({ coinbase: withOutput(0, () => 2_100_000_000_000_001n) })],
  ["bad-txns-vout-empty", () => ({ coinbase: (it) => ({ ...it, outputs: [] }) })],
  [
    "bad-txns-inputs-duplicate",
    () => ({
      transactions: (all) => [
        ...all,
        { ...FROM_NOWHERE, inputs: [FROM_NOWHERE.inputs[0]!, FROM_NOWHERE.inputs[0]!] },
      ],
    }),
  ],
  [
    "bad-blk-sigops",
    () => ({
      coinbase: (it) => ({ ...it, outputs: [...it.outputs, { value: 0n, script: repeated(0xae, 1_001) }] }),
    }),
  ],
  ["prev-blk-not-found", () => ({ header: { previousHash: "22".repeat(32) } })],
  ["bad-diffbits", () => ({ header: { bits: 0x207ffffe } })],
  ["time-too-old", ({ mintime }) => ({ header: { time: mintime - 1 } })],
  ["time-too-new", ({ curtime }) => ({ header: { time: curtime + 7_300 } })],
  ["bad-version(0x00000003)", () => ({ header: { version: 3 } })],
  [
    "bad-txns-nonfinal",
    () => ({
      transactions: (all) => [
        ...all,
        { ...FROM_NOWHERE, inputs: [{ ...FROM_NOWHERE.inputs[0]!, sequence: 0 }], lockTime: 400_000 },
      ],
    }),
  ],
  ["bad-cb-height", () => ({ coinbase: (it) => withInput(it, { script: Buffer.from("0101aabb", "hex") }) })],
  ["bad-witness-nonce-size", () => ({ coinbase: (it) => withInput(it, { witness: [Buffer.alloc(31)] }) })],
  [
    "bad-witness-merkle-match",
    () => ({ coinbase: (it) => withInput(it, { witness: [Buffer.alloc(32, 1)] }) }),
  ],
  ["unexpected-witness", () => ({ coinbase: (it) => ({ ...it, outputs: it.outputs.slice(0, 1) }) })],
  ["bad-txns-inputs-missingorspent", () => ({ transactions: (all) => [...all, FROM_NOWHERE] })],
  ["bad-cb-amount", () => ({ coinbase: withOutput(0, (value) => value + 1n) })],
];

describe("submitblock, by bitcoin-core", () => {
  let reached: Reached;
  let call: Call;
  beforeAll(async () => {
    reached = await REACH.standalone({ settings: { mempool: "5", blocks: "110" } });
    call = coreOf(reached);
  });
  afterAll(() => reached.close());
  const template = (): Promise<Template> => call("getblocktemplate", RULES);

  test.each(REFUSALS)("%s", async (reason, twistOf) => {
    const given = await template();
    const tip = await call("getbestblockhash");
    expect(await call("submitblock", blockOf(given, twistOf(given)))).toBe(reason);
    expect(await call("getbestblockhash")).toBe(tip);
  });

  test("a good block becomes the tip with its transactions and fees; then it is a duplicate", async () => {
    const given = await template();
    expect(given.transactions.length).toBe(5);
    const block = blockOf(given);
    expect(await call("submitblock", block)).toBeNull();
    const tip = await call("getblock", await call("getbestblockhash"), 2);
    expect([tip.height, tip.nTx, tip.previousblockhash]).toEqual([given.height, 6, given.previousblockhash]);
    expect(tip.tx[0].vout[0].value * 1e8).toBeCloseTo(given.coinbasevalue, 0);
    expect(await call("submitblock", block)).toBe("duplicate");
  });

  test("a commitment without the coinbase's witness is completed, as ckpool needs it", async () => {
    const bare = { coinbase: (it: Transaction) => withInput(it, { witness: [] }) };
    expect(await call("submitblock", blockOf(await template(), bare))).toBeNull();
  });

  test("a second block on the same parent is inconclusive until it is longer, or precious", async () => {
    const given = await template();
    const own = blockOf(given);
    const rival = blockOf(given, {
      coinbase: (it) => withInput(it, { script: Buffer.concat([it.inputs[0]!.script, Buffer.of(7)]) }),
    });
    expect(await call("submitblock", own)).toBeNull();
    const first = await call("getbestblockhash");
    expect(await call("submitblock", rival)).toBe("inconclusive");
    expect(await call("getbestblockhash")).toBe(first);
    expect(await call("submitblock", rival)).toBe("duplicate");
    const tips: Tip[] = await call("getchaintips");
    const ends = tips.filter(({ height }) => height === given.height);
    expect(ends.map(({ branchlen }) => branchlen)).toEqual([0, 1]);
    const other = ends[1]!;
    await call("preciousblock", other.hash);
    expect(await call("getbestblockhash")).toBe(other.hash);
  });

  test("a refused block is known as such, and so is a block on it", async () => {
    const given = await template();
    const bad = blockOf(given, { coinbase: withOutput(0, (value) => value + 1n) });
    expect(await call("submitblock", bad)).toBe("bad-cb-amount");
    expect(await call("submitblock", bad)).toBe("duplicate-invalid");
    const { header } = decodeBlock(Buffer.from(bad, "hex"));
    const tips: Tip[] = await call("getchaintips");
    const failed = tips.find(({ height, status }) => height === given.height && status === "invalid")!;
    const child = {
      ...given,
      previousblockhash: failed.hash,
      height: given.height + 1,
      curtime: header.time + 1,
      transactions: [],
      default_witness_commitment: EMPTY,
    };
    expect(await call("submitblock", blockOf(child))).toBe("bad-prevblk");
  });

  test("what is no block is an error", async () => {
    for (const data of ["zz", "00", "ff".repeat(81)])
      expect(await errorOf(call("submitblock", data))).toBe("-22: Block decode failed");
  });

  test("proposals are judged and not taken", async () => {
    const given = await template();
    const propose = (data: string) => call("getblocktemplate", { ...RULES, mode: "proposal", data });
    expect(await propose(blockOf(given, { noWork: true }))).toBeNull();
    expect(await propose(blockOf(given, { coinbase: withOutput(0, (value) => value + 2n) }))).toBe(
      "bad-cb-amount",
    );
    expect(await propose(blockOf(given, { header: { previousHash: "22".repeat(32) } }))).toBe(
      "inconclusive-not-best-prevblk",
    );
    const tip = await call("getblock", given.previousblockhash, 0);
    expect(await propose(tip)).toBe("duplicate");
    expect(encodeBlock(decodeBlock(Buffer.from(tip, "hex"))).toString("hex")).toBe(tip);
    expect((await template()).previousblockhash).toBe(given.previousblockhash);
  });

  test("blocks of generatetoaddress are as good as any", async () => {
    const [hash] = await call("generatetoaddress", 1, ADDRESS);
    const raw = await call("getblock", hash, 0);
    await call("invalidateblock", hash);
    expect(await call("submitblock", raw)).toBe("duplicate-invalid");
    await call("reconsiderblock", hash);
    expect(await call("getbestblockhash")).toBe(hash);
  });
});

/** The commitment of a block without transactions. */
const EMPTY = "6a24aa21a9ede2f61c3f71d1defd3fa999dfa36953755c690689799962b48bebd836974e8cf9";
