import { hash } from "node:crypto";
import { hex32 } from "./work.ts";

/** What a share of the oracle is bound to. */
export interface OracleContext {
  readonly jobId: string;
  /** Hex. */
  readonly extranonce1: string;
}

export interface OracleShare {
  /** Hex: a counter of four bytes, and four bytes of a keyed hash over the rest. */
  readonly extranonce2: string;
  /** Hex: the share's difficulty as the bits of a float. */
  readonly nonce: string;
}

/**
 * Shares without hashing: pool and miner share a key, the share says its own difficulty, and the key proves that the
 * miner drew it. For load, where 10,000 miners must not cost 10,000 ASICs.
 */
export function oracleShare(
  key: string,
  context: OracleContext,
  counter: number,
  difficulty: number,
): OracleShare {
  const nonce = hex32(floatBits(difficulty));
  const head = hex32(counter);
  return { extranonce2: head + proofOf(key, context, head, nonce), nonce };
}

/** The difficulty that a share has by the oracle; null: it was not made with this key for this job. */
export function oracleDifficulty(key: string, context: OracleContext, share: OracleShare): number | null {
  const head = share.extranonce2.slice(0, 8);
  if (share.extranonce2.slice(8) !== proofOf(key, context, head, share.nonce)) return null;
  const bytes = Buffer.from(share.nonce, "hex");
  return bytes.length === 4 ? bytes.readFloatBE() : null;
}

/**
 * What hashing would bring: a share that met `difficulty` has met D more with the chance difficulty / D. `uniform`: from
 * [0, 1).
 */
export function drawDifficulty(difficulty: number, uniform: number): number {
  return difficulty / (1 - uniform);
}

/** The nearest float that is not below. */
function floatBits(value: number): number {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatBE(value);
  const bits = bytes.readUInt32BE();
  return bytes.readFloatBE() < value ? bits + 1 : bits;
}

function proofOf(key: string, { jobId, extranonce1 }: OracleContext, head: string, nonce: string): string {
  return hash("sha256", `${key}|${jobId}|${extranonce1}|${head}|${nonce}`, "hex").slice(0, 8);
}
