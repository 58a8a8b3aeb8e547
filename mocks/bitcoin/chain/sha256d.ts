import { hash } from "node:crypto";

/** SHA-256 twice: the hash of headers and transactions, in internal byte order. */
export function sha256d(bytes: Uint8Array): Buffer {
  return hash("sha256", hash("sha256", bytes, "buffer"), "buffer");
}

/** A hash as people and RPC write it: hex of the reversed bytes. */
export function hashText(internal: Uint8Array): string {
  return Buffer.from(internal.toReversed()).toString("hex");
}

/** The internal bytes of a hash that RPC wrote. */
export function hashBytes(text: string): Buffer {
  return Buffer.from(Buffer.from(text, "hex").toReversed());
}

export const ZERO_HASH = "00".repeat(32);
