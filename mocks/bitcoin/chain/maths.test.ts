import { createHash } from "node:crypto";
import fc from "fast-check";
import { RawTx, Transaction as SignerTransaction } from "@scure/btc-signer";
import { expect, test } from "vitest";
import { blockWeight, decodeBlock, encodeBlock, subsidyAt } from "./block.ts";
import { coinbaseParts, commitmentScript, heightScript } from "./coinbase.ts";
import { grind } from "./grind.ts";
import { encodeHeader, hashOfHeader, readHeader, stratumPreviousHash } from "./header.ts";
import type { BlockHeader } from "./header.ts";
import { foldBranch, merkleBranch, merkleRoot } from "./merkle.ts";
import { hashBytes, hashText, sha256d, ZERO_HASH } from "./sha256d.ts";
import * as target from "./target.ts";
import { coinbaseInput, decodeTransaction, encodeTransaction, txidOf, weightOf } from "./transaction.ts";
import { ByteReader } from "./bytes.ts";

/** The first block of the main network (Bitcoin Core, chainparams.cpp). */
const GENESIS: BlockHeader = {
  version: 1,
  previousHash: ZERO_HASH,
  merkleRoot: "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b",
  time: 1_231_006_505,
  bits: 0x1d00ffff,
  nonce: 2_083_236_893,
};
const GENESIS_HASH = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f";
const REGTEST_GENESIS = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206";

test("golden vectors: genesis header, share difficulty, Stratum's previous hash", () => {
  expect(hashOfHeader(GENESIS)).toBe(GENESIS_HASH);
  expect(readHeader(new ByteReader(encodeHeader(GENESIS)))).toEqual(GENESIS);
  expect(target.shareDifficulty(sha256d(encodeHeader(GENESIS)))).toBeCloseTo(2536.426, 3);
  expect(stratumPreviousHash(GENESIS_HASH)).toBe(
    "0a8ce26f72b3f1b646a2a6c14ff763ae65831e939c085ae10019d66800000000",
  );
  expect(stratumPreviousHash(REGTEST_GENESIS)).toMatch(/^466e2206590b1a11.*0f9188f1$/);
});

test("golden vectors: difficulties of the networks' bits, and the hashes they cost", () => {
  expect(target.difficultyOf(0x1d00ffff)).toBe(1);
  expect(target.difficultyOf(0x1e0377ae)).toBeCloseTo(0.00112652, 8);
  expect(target.difficultyOf(0x207fffff)).toBeCloseTo(4.6566e-10, 13);
  expect(1e12 / target.expectedHashes(65_536)).toBeCloseTo(0.00355, 5);
  expect(target.workOf(0x207fffff)).toBe(2n);
  expect(target.workOf(0x1d00ffff)).toBe(0x100010001n);
  expect([0x01fedcba, 0, 0x04923456, 0xff123456].map(target.targetOf)).toEqual([0n, 0n, 0n, 0n]);
});

test("golden vectors: the commitment of an empty block, heights", () => {
  expect(commitmentScript([]).toString("hex")).toBe(
    "6a24aa21a9ede2f61c3f71d1defd3fa999dfa36953755c690689799962b48bebd836974e8cf9",
  );
  const pushes = [1, 16, 17, 127, 128, 255, 256, 32_768, 840_000].map((at) =>
    heightScript(at).toString("hex"),
  );
  expect(pushes).toEqual(["51", "60", "0111", "017f", "028000", "02ff00", "020001", "03008000", "0340d10c"]);
  expect([0, 149, 150, 64 * 150].map((height) => subsidyAt(height, 150))).toEqual([
    5_000_000_000n,
    5_000_000_000n,
    2_500_000_000n,
    0n,
  ]);
});

test("bits of a target and back", () => {
  for (const bits of [0x1d00ffff, 0x1e0377ae, 0x207fffff, 0x1f00ffff, 0x17034219])
    expect(target.bitsOf(target.targetOf(bits))).toBe(bits);
  fc.assert(
    fc.property(fc.bigInt({ min: 1n << 20n, max: (1n << 255n) - 1n }), (value) => {
      const back = target.targetOf(target.bitsOf(value));
      expect(back <= value && value - back < value >> 7n).toBe(true);
    }),
  );
  for (const difficulty of [0.001, 1, 512, 65_536])
    expect(Number(target.DIFFICULTY_1) / Number(target.targetOfDifficulty(difficulty))).toBeCloseTo(
      difficulty,
      6,
    );
});

test("a coinbase folded with its branch gives the root of all", () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { minLength: 1, maxLength: 40 }),
      (all) => {
        const [first = new Uint8Array(), ...others] = all;
        expect(foldBranch(first, merkleBranch(others))).toEqual(merkleRoot(all).root);
      },
    ),
  );
});

test("a repeated last transaction has the same root and is noticed", () => {
  const leaves = ["a", "b", "c"].map((text) => createHash("sha256").update(text).digest());
  const doubled = [...leaves, leaves[2] as Buffer];
  expect(merkleRoot(doubled).root).toEqual(merkleRoot(leaves).root);
  expect([merkleRoot(leaves).mutated, merkleRoot(doubled).mutated]).toEqual([false, true]);
});

const someBytes = (maxLength: number, minLength = 0) => fc.uint8Array({ minLength, maxLength });
const transactions = fc.record({
  version: fc.constantFrom(1, 2),
  inputs: fc.array(
    fc.record({
      txid: fc.uint8Array({ minLength: 32, maxLength: 32 }).map(hashText),
      vout: fc.nat(9),
      script: someBytes(30, 1),
      sequence: fc.nat(),
      witness: fc.array(someBytes(300), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  outputs: fc.array(
    fc.record({ value: fc.bigInt({ min: 0n, max: 21n * 10n ** 14n }), script: someBytes(40) }),
    {
      minLength: 1,
      maxLength: 3,
    },
  ),
  lockTime: fc.nat(),
});

test("transactions and blocks survive the wire, and another library reads the same", () => {
  fc.assert(
    fc.property(transactions, (transaction) => {
      const bytes = encodeTransaction(transaction);
      expect(encodeTransaction(decodeTransaction(bytes))).toEqual(bytes);
      expect(Buffer.from(RawTx.encode(RawTx.decode(bytes)))).toEqual(bytes);
      const theirs = SignerTransaction.fromRaw(bytes, {
        allowUnknownOutputs: true,
        allowUnknownInputs: true,
        disableScriptCheck: true,
      });
      expect([theirs.id, theirs.weight]).toEqual([hashText(txidOf(transaction)), weightOf(transaction)]);
      const block = { header: GENESIS, transactions: [transaction, transaction] };
      expect(encodeBlock(decodeBlock(encodeBlock(block)))).toEqual(encodeBlock(block));
      expect(blockWeight(block)).toBe(4 * 81 + 2 * weightOf(transaction));
    }),
    { numRuns: 50 },
  );
});

test("a coinbase in two parts is the coinbase with the extranonce in its place", () => {
  const outputs = [{ value: 5_000_000_000n, script: Buffer.from("51", "hex") }];
  const tag = Buffer.from("/pool/");
  const { coinb1, coinb2 } = coinbaseParts({ height: 500, extranonceBytes: 12, tag, outputs });
  const extranonce = Buffer.from("0102030405060708090a0b0c", "hex");
  const whole = decodeTransaction(Buffer.concat([coinb1, extranonce, coinb2]));
  const script = Buffer.concat([heightScript(500), extranonce, tag]);
  expect(whole).toEqual({ version: 2, inputs: [coinbaseInput(script, [])], outputs, lockTime: 0 });
});

test("grinding finds a nonce whose hash meets the target, or says that it did not", () => {
  const header = { ...GENESIS, bits: 0x1f7fffff, previousHash: GENESIS_HASH };
  const found = grind({ ...header, nonce: 0 }, target.targetOf(header.bits), 100_000);
  const hash = hashBytes(hashOfHeader(found ?? header));
  expect(target.hashNumber(hash) <= target.targetOf(header.bits)).toBe(true);
  expect(grind(header, 1n, 10)).toBeNull();
});

test.each(["", "00", "ff".repeat(80), `${"00".repeat(80)}feffffffff`])("no block: %s", (hex) => {
  expect(() => decodeBlock(Buffer.from(hex, "hex"))).toThrow(/end of data|beyond the data|version|count/);
});
