import { crc32 } from "node:zlib";

/** Castagnoli's polynomial, reflected (RFC 3720 §12.1). */
const CRC32C = 0x82f6_3b78;
/** The polynomial of NVM Express, reflected (NVM Command Set specification, 64b CRC), in two halves. */
const CRC64_HIGH = 0x9a6c_9329;
const CRC64_LOW = 0xac4b_c9b5;

const table32 = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ CRC32C : rest >>> 1;
  return rest;
});

const table64 = Array.from({ length: 256 }, (_, byte) => {
  let [high, low] = [0, byte];
  for (let bit = 0; bit < 8; bit++) {
    const odd = low & 1;
    low = (low >>> 1) | ((high & 1) << 31);
    high >>>= 1;
    if (odd) [high, low] = [high ^ CRC64_HIGH, low ^ CRC64_LOW];
  }
  return [high >>> 0, low >>> 0] as const;
});
const high64 = Uint32Array.from(table64, ([high]) => high);
const low64 = Uint32Array.from(table64, ([, low]) => low);

type Pieces = readonly Uint8Array[];

/** Big-endian, as S3 shows them. */
export function crc32Bytes(pieces: Pieces): Buffer {
  let value = 0;
  for (const piece of pieces) value = crc32(piece, value);
  return word(value);
}

export function crc32cBytes(pieces: Pieces): Buffer {
  let value = 0xffff_ffff;
  for (const piece of pieces)
    for (let at = 0; at < piece.length; at++)
      value = (value >>> 8) ^ (table32[(value ^ (piece[at] ?? 0)) & 0xff] ?? 0);
  return word(~value);
}

export function crc64nvmeBytes(pieces: Pieces): Buffer {
  let [high, low] = [0xffff_ffff, 0xffff_ffff];
  for (const piece of pieces)
    for (let at = 0; at < piece.length; at++) {
      const index = (low ^ (piece[at] ?? 0)) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ (low64[index] ?? 0);
      high = (high >>> 8) ^ (high64[index] ?? 0);
    }
  return Buffer.concat([word(~high), word(~low)]);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}
