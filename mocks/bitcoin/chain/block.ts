import { ByteReader, count, DecodeError } from "./bytes.ts";
import { encodeHeader, readHeader } from "./header.ts";
import type { BlockHeader } from "./header.ts";
import { encodeTransaction, readTransaction } from "./transaction.ts";
import type { Transaction } from "./transaction.ts";

export interface Block {
  readonly header: BlockHeader;
  readonly transactions: readonly Transaction[];
}

export function encodeBlock({ header, transactions }: Block, stripped = false): Buffer {
  return Buffer.concat([
    encodeHeader(header),
    count(transactions.length),
    ...transactions.map((transaction) => encodeTransaction(transaction, stripped)),
  ]);
}

/** @throws DecodeError for anything but exactly one block. */
export function decodeBlock(bytes: Uint8Array): Block {
  const reader = new ByteReader(bytes);
  const header = readHeader(reader);
  const transactions = Array.from({ length: reader.count() }, () => readTransaction(reader));
  if (reader.left > 0) throw new DecodeError("bytes after the block");
  return { header, transactions };
}

/** BIP 141: three times the stripped size plus the size. */
export function blockWeight(block: Block): number {
  return 3 * encodeBlock(block, true).length + encodeBlock(block).length;
}

const COIN = 100_000_000n;

/** What a block may create out of nothing, in satoshi; `halving`: blocks between two halvings. */
export function subsidyAt(height: number, halving: number): bigint {
  const halvings = Math.floor(height / halving);
  return halvings >= 64 ? 0n : (50n * COIN) >> BigInt(halvings);
}
