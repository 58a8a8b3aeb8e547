import { encodeHeader } from "./header.ts";
import type { BlockHeader } from "./header.ts";
import { sha256d } from "./sha256d.ts";
import { hashNumber } from "./target.ts";

const NONCE_AT = 76;

/**
 * Tries nonces from the header's on until a hash meets the target: real work, about half a million tries a second.
 * Null after `tries`: change something else in the header.
 */
export function grind(header: BlockHeader, target: bigint, tries: number): BlockHeader | null {
  const bytes = encodeHeader(header);
  // The last bytes decide nearly always: compare 32 bits before making a big number of 256.
  const top = Number(target >> 224n);
  for (let tried = 0; tried < tries; tried++) {
    const nonce = (header.nonce + tried) >>> 0;
    bytes.writeUInt32LE(nonce, NONCE_AT);
    const hash = sha256d(bytes);
    if (hash.readUInt32LE(28) <= top && hashNumber(hash) <= target) return { ...header, nonce };
  }
  return null;
}
