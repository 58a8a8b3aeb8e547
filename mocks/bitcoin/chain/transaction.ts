import { ByteReader, count, counted, DecodeError, int64, uint32 } from "./bytes.ts";
import { hashBytes, hashText, sha256d, ZERO_HASH } from "./sha256d.ts";

/** The output number of an input that spends nothing: a coinbase's. */
const NO_OUTPUT = 0xffffffff;

export interface TransactionInput {
  readonly txid: string;
  readonly vout: number;
  readonly script: Uint8Array;
  readonly sequence: number;
  readonly witness: readonly Uint8Array[];
}

export interface TransactionOutput {
  /** Satoshi. */
  readonly value: bigint;
  readonly script: Uint8Array;
}

export interface Transaction {
  readonly version: number;
  readonly inputs: readonly TransactionInput[];
  readonly outputs: readonly TransactionOutput[];
  readonly lockTime: number;
}

export function hasWitness({ inputs }: Transaction): boolean {
  return inputs.some(({ witness }) => witness.length > 0);
}

/** The wire format, with its witness if it has one (BIP 144) unless `stripped`. */
export function encodeTransaction(transaction: Transaction, stripped = false): Buffer {
  const { version, inputs, outputs, lockTime } = transaction;
  const marked = !stripped && hasWitness(transaction);
  return Buffer.concat([
    uint32(version),
    ...(marked ? [Buffer.of(0, 1)] : []),
    count(inputs.length),
    ...inputs.flatMap(({ txid, vout, script, sequence }) => [
      hashBytes(txid),
      uint32(vout),
      counted(script),
      uint32(sequence),
    ]),
    count(outputs.length),
    ...outputs.flatMap(({ value, script }) => [int64(value), counted(script)]),
    ...(marked
      ? inputs.flatMap(({ witness }) => [count(witness.length), ...witness.map((item) => counted(item))])
      : []),
    uint32(lockTime),
  ]);
}

/** @throws DecodeError */
export function readTransaction(reader: ByteReader): Transaction {
  const version = reader.int32();
  const marked = reader.peek(0) === 0 && reader.peek(1) === 1;
  if (marked) reader.bytes(2);
  const bare = list(reader, () => ({
    txid: hashText(reader.bytes(32)),
    vout: reader.uint32(),
    script: reader.counted(),
    sequence: reader.uint32(),
  }));
  const outputs = list(reader, () => ({ value: reader.int64(), script: reader.counted() }));
  const inputs = bare.map((input) => ({
    ...input,
    witness: marked ? list(reader, () => reader.counted()) : [],
  }));
  if (marked && inputs.every(({ witness }) => witness.length === 0))
    throw new DecodeError("Superfluous witness record");
  return { version, inputs, outputs, lockTime: reader.uint32() };
}

/** @throws DecodeError for anything but exactly one transaction. */
export function decodeTransaction(bytes: Uint8Array): Transaction {
  const reader = new ByteReader(bytes);
  const transaction = readTransaction(reader);
  if (reader.left > 0) throw new DecodeError("bytes after the transaction");
  return transaction;
}

function list<T>(reader: ByteReader, read: () => T): T[] {
  return Array.from({ length: reader.count() }, read);
}

/** Internal bytes; `hashText` makes the text of it. */
export function txidOf(transaction: Transaction): Buffer {
  return sha256d(encodeTransaction(transaction, true));
}

/** The hash with the witness; internal bytes. */
export function wtxidOf(transaction: Transaction): Buffer {
  return sha256d(encodeTransaction(transaction));
}

/** BIP 141: three times the stripped size plus the size. */
export function weightOf(transaction: Transaction): number {
  return 3 * encodeTransaction(transaction, true).length + encodeTransaction(transaction).length;
}

export function isCoinbase({ inputs }: Transaction): boolean {
  return inputs.length === 1 && inputs[0]?.txid === ZERO_HASH && inputs[0].vout === NO_OUTPUT;
}

/** The only input of a coinbase. */
export function coinbaseInput(script: Uint8Array, witness: readonly Uint8Array[]): TransactionInput {
  return { txid: ZERO_HASH, vout: NO_OUTPUT, script, sequence: 0xffffffff, witness };
}
