import { blake2b } from "@noble/hashes/blake2.js";
import { base58 } from "@scure/base";

/** The prefix of Bittensor and of Substrate's generic addresses. */
export const SS58_PREFIX = 42;

/** SS58 (Polkadot's ss58 registry): base58 of prefix, 32 bytes of account, 2 bytes of checksum. */
const CHECKSUM_BYTES = 2;
const ACCOUNT_BYTES = 32;
/** Characters; 36 bytes make 50 at most. Base58 takes quadratic time. */
const MAX_ADDRESS = 64;
const CONTEXT = new TextEncoder().encode("SS58PRE");

/** The address of a 32-byte public key. `prefix`: 0 to 16383. */
export function ss58Encode(publicKey: Uint8Array, prefix: number = SS58_PREFIX): string {
  const body = Uint8Array.from([...prefixBytes(prefix), ...publicKey]);
  return base58.encode(Uint8Array.from([...body, ...checksum(body)]));
}

/** The 32-byte public key of an address; null for what is no address, or one of another prefix. */
export function ss58Decode(address: string, prefix: number = SS58_PREFIX): Uint8Array | null {
  const bytes = address.length > MAX_ADDRESS ? null : fromBase58(address);
  if (bytes === null) return null;
  const head = prefixBytes(prefix);
  const body = bytes.subarray(0, bytes.length - CHECKSUM_BYTES);
  const sound =
    bytes.length === head.length + ACCOUNT_BYTES + CHECKSUM_BYTES &&
    head.every((byte, at) => byte === bytes[at]) &&
    checksum(body).every((byte, at) => byte === bytes[body.length + at]);
  return sound ? body.slice(head.length) : null;
}

function fromBase58(text: string): Uint8Array | null {
  try {
    return base58.decode(text);
  } catch {
    return null;
  }
}

function checksum(body: Uint8Array): Uint8Array {
  return blake2b(Uint8Array.from([...CONTEXT, ...body])).subarray(0, CHECKSUM_BYTES);
}

/** One byte up to 63, above that two: 01 and the low bits' upper six, then the rest. */
function prefixBytes(prefix: number): readonly number[] {
  if (prefix < 64) return [prefix];
  return [((prefix & 0xfc) >> 2) | 0x40, (prefix >> 8) | ((prefix & 0x03) << 6)];
}
