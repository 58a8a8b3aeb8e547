import { blake2b } from "@noble/hashes/blake2.js";

export function bytesToHex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")}`;
}

/** The bytes of `0x` hex; null for anything else. */
export function hexToBytes(hex: unknown): Uint8Array | null {
  if (typeof hex !== "string") return null;
  const digits = hex.startsWith("0x") ? hex.slice(2) : hex;
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) return null;
  return Uint8Array.from(Buffer.from(digits, "hex"));
}

export function textToHex(text: string): string {
  return bytesToHex(Buffer.from(text));
}

/** Blake2b-256, the chain's hash. */
export function blake256(bytes: Uint8Array): Uint8Array {
  return blake2b(bytes, { dkLen: 32 });
}
