import { decodeBlock } from "../chain/block.ts";
import type { Block } from "../chain/block.ts";
import { DecodeError } from "../chain/bytes.ts";
import { decodeTransaction } from "../chain/transaction.ts";
import type { Transaction } from "../chain/transaction.ts";
import { CODE, RpcError } from "./error.ts";
import { hexArgument } from "./method.ts";

/** @throws RpcError when it is no block in hex. */
export function decodeBlockHex(data: unknown): Block {
  return decoded(data, decodeBlock, "Block decode failed");
}

/** @throws RpcError with this message when it is no transaction in hex. */
export function decodeTransactionHex(data: unknown, message: string): Transaction {
  return decoded(data, decodeTransaction, message);
}

function decoded<T>(data: unknown, decode: (bytes: Buffer) => T, message: string): T {
  const bytes = hexArgument(data);
  try {
    if (bytes !== null) return decode(bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  throw new RpcError(CODE.DESERIALIZATION, message);
}
