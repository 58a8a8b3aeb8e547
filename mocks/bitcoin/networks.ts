import type { Block } from "./chain/block.ts";
import { hashOfHeader } from "./chain/header.ts";
import { merkleRoot } from "./chain/merkle.ts";
import { hashText, ZERO_HASH } from "./chain/sha256d.ts";
import { coinbaseInput, txidOf } from "./chain/transaction.ts";
import type { Transaction } from "./chain/transaction.ts";

export const NETWORK_NAMES = ["regtest", "lab", "signet", "testnet4", "main"] as const;
export type NetworkName = (typeof NETWORK_NAMES)[number];

/** The rules and names of one network (Bitcoin Core 29.0, commit 56ed476a29cb: kernel/chainparams.cpp and chainparamsbase.cpp). */
export interface Network {
  /** What RPC calls it. */
  readonly chain: "regtest" | "signet" | "testnet4" | "main";
  readonly rpcPort: number;
  readonly genesis: Block;
  readonly genesisHash: string;
  /** The easiest that a block may ever be. */
  readonly limitBits: number;
  /** What blocks need at the start. */
  readonly bits: number;
  /** The height at which this mock's history begins; regtest's is whole. */
  readonly firstHeight: number;
  /** Blocks between two halvings of the subsidy. */
  readonly halving: number;
  /** Bits change every `periodBlocks`. */
  readonly retargets: boolean;
  /** After 20 minutes without a block the next one may be as easy as `limitBits`. */
  readonly easyAfter20Minutes: boolean;
  /** Blocks from one change of bits to the next (Core, DifficultyAdjustmentInterval): regtest has a day's, 144. */
  readonly periodBlocks: number;
  /** A period's first block may not be ten minutes older than the last before it. */
  readonly enforcesBip94: boolean;
  /** Forms of addresses, as @scure/btc-signer takes them. */
  readonly address: {
    readonly bech32: string;
    readonly pubKeyHash: number;
    readonly scriptHash: number;
    readonly wif: number;
  };
  readonly signetChallenge: string | null;
}

/** Two keys of which one must sign every block (Core, the default signet). Nobody here has them. */
const SIGNET_CHALLENGE =
  "512103ad5e0edad18cb1f0fc0d28a3d4f1f3e445640337489abb10404f2d1e086be4302" +
  "10359ef5021964fe22d6f8e05b2463c9540ce96883fe3b278760f048f5189f2e6c452ae";

const TIMES_SCRIPT =
  "04ffff001d0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e20" +
  "6272696e6b206f66207365636f6e64206261696c6f757420666f722062616e6b73";
const TIMES_OUTPUT =
  "4104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de" +
  "5c384df7ba0b8d578a4c702b6bf11d5fac";
const TESTNET4_SCRIPT = Buffer.concat([
  Buffer.from("04ffff001d01044c4c", "hex"),
  Buffer.from("03/May/2024 000000000000000000001ebd58c244970b3aa9d783bb001011fbe8ea8e98e00e"),
]).toString("hex");
const TESTNET4_OUTPUT = `21${"00".repeat(33)}ac`;

function genesis(
  time: number,
  nonce: number,
  bits: number,
  script = TIMES_SCRIPT,
  output = TIMES_OUTPUT,
): Block {
  const coinbase: Transaction = {
    version: 1,
    inputs: [coinbaseInput(Buffer.from(script, "hex"), [])],
    outputs: [{ value: 5_000_000_000n, script: Buffer.from(output, "hex") }],
    lockTime: 0,
  };
  const root = hashText(merkleRoot([txidOf(coinbase)]).root);
  const header = { version: 1, previousHash: ZERO_HASH, merkleRoot: root, time, bits, nonce };
  return { header, transactions: [coinbase] };
}

const TEST_ADDRESS = { pubKeyHash: 0x6f, scriptHash: 0xc4, wif: 0xef };
const PUBLIC = {
  limitBits: 0x1d00ffff,
  halving: 210_000,
  retargets: true,
  easyAfter20Minutes: false,
  periodBlocks: 2_016,
  enforcesBip94: false,
};

const regtest: Network = network(genesis(1_296_688_602, 2, 0x207fffff), {
  chain: "regtest",
  rpcPort: 18_443,
  limitBits: 0x207fffff,
  bits: 0x207fffff,
  firstHeight: 0,
  halving: 150,
  retargets: false,
  easyAfter20Minutes: false,
  periodBlocks: 144,
  enforcesBip94: false,
  address: { bech32: "bcrt", ...TEST_ADDRESS },
  signetChallenge: null,
});

/** Where the public networks' histories begin, and main's bits, are ours: of the order of 2025. */
export const NETWORKS: Readonly<Record<NetworkName, Network>> = {
  regtest,
  // Regtest whose blocks cost some 65,536 hashes: a miner at work finds one now and then.
  lab: { ...regtest, bits: 0x1f00ffff },
  signet: network(genesis(1_598_918_400, 52_613_770, 0x1e0377ae), {
    ...PUBLIC,
    chain: "signet",
    rpcPort: 38_332,
    limitBits: 0x1e0377ae,
    bits: 0x1e0377ae,
    firstHeight: 250_000,
    address: { bech32: "tb", ...TEST_ADDRESS },
    signetChallenge: SIGNET_CHALLENGE,
  }),
  testnet4: network(genesis(1_714_777_860, 393_743_547, 0x1d00ffff, TESTNET4_SCRIPT, TESTNET4_OUTPUT), {
    ...PUBLIC,
    chain: "testnet4",
    rpcPort: 48_332,
    bits: 0x1d00ffff,
    firstHeight: 80_000,
    easyAfter20Minutes: true,
    enforcesBip94: true,
    address: { bech32: "tb", ...TEST_ADDRESS },
    signetChallenge: null,
  }),
  main: network(genesis(1_231_006_505, 2_083_236_893, 0x1d00ffff), {
    ...PUBLIC,
    chain: "main",
    rpcPort: 8_332,
    bits: 0x17021369,
    firstHeight: 900_000,
    address: { bech32: "bc", pubKeyHash: 0, scriptHash: 5, wif: 0x80 },
    signetChallenge: null,
  }),
};

function network(first: Block, rest: Omit<Network, "genesis" | "genesisHash">): Network {
  return { genesis: first, genesisHash: hashOfHeader(first.header), ...rest };
}
