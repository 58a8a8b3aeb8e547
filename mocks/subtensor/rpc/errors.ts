import type { Refusal } from "../chain/extrinsic.ts";
import type { Added } from "../chain/pool.ts";

/** A JSON-RPC error in the node's own words: sc-rpc-api and sc-transaction-pool of polkadot-sdk. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly code: number;
  readonly data: string | undefined;
  constructor(code: number, message: string, data?: string) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

export const parseError = () => new RpcError(-32_700, "Parse error");
export const invalidRequest = () => new RpcError(-32_600, "Invalid request");
export const methodNotFound = () => new RpcError(-32_601, "Method not found");
export const invalidParams = (data: string) => new RpcError(-32_602, "Invalid params", data);
/** State errors: 4000 and three. */
export const clientError = (message: string) => new RpcError(4_003, `Client error: ${message}`);

export const stateDiscarded = (hash: string) =>
  clientError(`Api called for an unknown Block: State already discarded for ${hash}`);
export const unknownBlock = (hash: string) =>
  clientError(`UnknownBlock: Header was not found in the database: ${hash}`);

const invalidTransaction = (data: string) => new RpcError(1_010, "Invalid Transaction", data);

const REFUSED: Readonly<Record<Refusal, string>> = {
  unreadable: "Transaction call is not expected",
  unsigned: "Transaction call is not expected",
  badProof: "Transaction has a bad signature",
  ancientBirth: "Transaction has an ancient birth block",
  metadataHash: "Transaction has a bad signature",
};

/** Why the node does not take an extrinsic that it has read. */
export function refused(reason: Refusal): RpcError {
  if (reason === "unreadable")
    return new RpcError(
      1_002,
      "Verification Error: Runtime error: Execution failed: Execution aborted due to trap: wasm trap: wasm `unreachable` instruction executed",
    );
  return invalidTransaction(REFUSED[reason]);
}

export function notAdded(why: Exclude<Added, "added">, hash: string): RpcError {
  switch (why) {
    case "stale":
      return invalidTransaction("Transaction is outdated");
    case "unpaid":
      return invalidTransaction("Inability to pay some fees (e.g. account balance too low)");
    case "known":
      return new RpcError(1_013, `Transaction Already Imported: ${hash}`, hash);
    case "lowPriority":
      return lowPriority();
    case "full":
      return poolFull();
  }
}

export const banned = () => new RpcError(1_012, "Transaction is temporarily banned");
export const poolFull = () =>
  new RpcError(1_016, "Immediately Dropped", "The transaction couldn't enter the pool because of the limit");
export const lowPriority = () =>
  new RpcError(
    1_014,
    "Priority is too low: (1 vs 1)",
    "The transaction has too low priority to replace another transaction already in the pool.",
  );
