import { hashText, sha256d } from "../bitcoin/chain/sha256d.ts";
import { foldBranch } from "../bitcoin/chain/merkle.ts";
import type { BlockHeader } from "../bitcoin/chain/header.ts";

/** What `mining.notify` says, for pool and miner alike. */
export interface Work {
  readonly id: string;
  /** As RPC writes it. */
  readonly previousHash: string;
  readonly coinb1: Buffer;
  readonly coinb2: Buffer;
  readonly branch: readonly Buffer[];
  readonly version: number;
  readonly bits: number;
  /** Seconds since 1970. */
  readonly timeSec: number;
}

/** What a miner chose. */
export interface Choice {
  /** Extranonce 1 and 2, hex. */
  readonly extranonce: string;
  readonly timeSec: number;
  readonly nonce: number;
  /** Bits of the version that version rolling (BIP 310) set; those outside of `mask` stay the job's. */
  readonly versionBits: number;
  readonly mask: number;
}

/** The coinbase without its witness. */
export function coinbaseOf({ coinb1, coinb2 }: Work, extranonce: string): Buffer {
  return Buffer.concat([coinb1, Buffer.from(extranonce, "hex"), coinb2]);
}

export function headerOf(work: Work, choice: Choice): BlockHeader {
  const root = foldBranch(sha256d(coinbaseOf(work, choice.extranonce)), work.branch);
  return {
    version: ((work.version & ~choice.mask) | (choice.versionBits & choice.mask)) >>> 0,
    previousHash: work.previousHash,
    merkleRoot: hashText(root),
    time: choice.timeSec,
    bits: work.bits,
    nonce: choice.nonce,
  };
}

/** 8 hex digits, as Stratum writes versions, times, nonces and bits. */
export function hex32(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}
