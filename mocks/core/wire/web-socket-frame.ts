/** A whole message from a server in one frame (RFC 6455 §5.2): text for a string, binary for bytes, unmasked. */
export function messageFrame(message: string | Uint8Array): Uint8Array {
  const payload = Buffer.from(message);
  const opcode = typeof message === "string" ? 0x1 : 0x2;
  return Buffer.concat([frameHead(opcode, payload.length), payload]);
}

function frameHead(opcode: number, length: number): Buffer {
  const first = 0x80 | opcode;
  if (length < 126) return Buffer.from([first, length]);
  if (length < 65_536) {
    const head = Buffer.from([first, 126, 0, 0]);
    head.writeUInt16BE(length, 2);
    return head;
  }
  const head = Buffer.alloc(10);
  head.writeUInt8(first, 0);
  head.writeUInt8(127, 1);
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}
