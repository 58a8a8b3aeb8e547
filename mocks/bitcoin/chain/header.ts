import { ByteReader, uint32 } from "./bytes.ts";
import { hashBytes, hashText, sha256d } from "./sha256d.ts";

/** A block header; hashes as RPC writes them. */
export interface BlockHeader {
  readonly version: number;
  readonly previousHash: string;
  readonly merkleRoot: string;
  /** Seconds since 1970. */
  readonly time: number;
  readonly bits: number;
  readonly nonce: number;
}

export function encodeHeader(header: BlockHeader): Buffer {
  return Buffer.concat([
    uint32(header.version),
    hashBytes(header.previousHash),
    hashBytes(header.merkleRoot),
    uint32(header.time),
    uint32(header.bits),
    uint32(header.nonce),
  ]);
}

/** @throws DecodeError */
export function readHeader(reader: ByteReader): BlockHeader {
  return {
    version: reader.int32(),
    previousHash: hashText(reader.bytes(32)),
    merkleRoot: hashText(reader.bytes(32)),
    time: reader.uint32(),
    bits: reader.uint32(),
    nonce: reader.uint32(),
  };
}

/** The block's hash as RPC writes it. */
export function hashOfHeader(header: BlockHeader): string {
  return hashText(sha256d(encodeHeader(header)));
}

/** The previous block's hash as `mining.notify` writes it: internal order, each word of four bytes reversed. */
export function stratumPreviousHash(hash: string): string {
  return hashBytes(hash).swap32().toString("hex");
}
