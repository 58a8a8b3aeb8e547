/** The bytes are no such structure. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
}

/** Reads Bitcoin's little-endian structures in order. Every read throws DecodeError past the end. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get at(): number {
    return this.#at;
  }
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  bytes(length: number): Buffer {
    if (length > this.left) throw new DecodeError("end of data");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
  /** What was read from `start` to here. */
  since(start: number): Buffer {
    return this.#bytes.subarray(start, this.#at);
  }
  peek(ahead: number): number | undefined {
    return this.#bytes[this.#at + ahead];
  }
  uint8(): number {
    return this.bytes(1).readUInt8();
  }
  uint32(): number {
    return this.bytes(4).readUInt32LE();
  }
  int32(): number {
    return this.bytes(4).readInt32LE();
  }
  int64(): bigint {
    return this.bytes(8).readBigInt64LE();
  }
  /** A count before a list; each item takes at least one byte, so a count beyond the data is an error at once. */
  count(): number {
    const first = this.uint8();
    const value =
      first < 0xfd
        ? first
        : first === 0xfd
          ? this.bytes(2).readUInt16LE()
          : first === 0xfe
            ? this.uint32()
            : Number(this.bytes(8).readBigUInt64LE());
    const least = first < 0xfd ? 0 : first === 0xfd ? 0xfd : first === 0xfe ? 0x10000 : 2 ** 32;
    if (value < least) throw new DecodeError("non-canonical count");
    if (value > this.left) throw new DecodeError("count beyond the data");
    return value;
  }
  /** Bytes with their length before them. */
  counted(): Buffer {
    return this.bytes(this.count());
  }
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

export function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}

/** "CompactSize": 1, 3 or 5 bytes; nothing here is longer. */
export function count(value: number): Buffer {
  if (value < 0xfd) return Buffer.of(value);
  if (value < 0x10000) return Buffer.of(0xfd, value & 0xff, value >> 8);
  return Buffer.concat([Buffer.of(0xfe), uint32(value)]);
}

export function counted(bytes: Uint8Array): Buffer {
  return Buffer.concat([count(bytes.length), bytes]);
}
