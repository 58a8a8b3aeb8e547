/**
 * ZMTP 3.0 (rfc.zeromq.org/spec/23) as a publisher speaks it: the NULL mechanism and the socket type PUB. A newer peer
 * (libzmq says 3.1) comes down to it.
 */

const GREETING_BYTES = 64;
const SIGNATURE = Buffer.from("ff00000000000000017f", "hex");
/** A subscriber sends short commands and subscriptions. */
const MAX_FRAME_BYTES = 65_536;

const MORE = 1;
const LONG = 2;
const COMMAND = 4;

/** Signature, version 3.0, mechanism NULL, not as a server. */
export function greeting(): Buffer {
  const bytes = Buffer.alloc(GREETING_BYTES);
  SIGNATURE.copy(bytes);
  bytes[10] = 3;
  bytes.write("NULL", 12, "latin1");
  return bytes;
}

function frame(flags: number, body: Uint8Array): Buffer {
  if (body.length < 256) return Buffer.concat([Buffer.of(flags, body.length), body]);
  const head = Buffer.alloc(9);
  head[0] = flags | LONG;
  head.writeBigUInt64BE(BigInt(body.length), 1);
  return Buffer.concat([head, body]);
}

/** One message of several parts. */
export function message(parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat(parts.map((part, at) => frame(at < parts.length - 1 ? MORE : 0, part)));
}

function command(name: string, data: Uint8Array): Buffer {
  return frame(COMMAND, Buffer.concat([Buffer.of(name.length), Buffer.from(name, "latin1"), data]));
}

/** READY with the socket's type. */
export function ready(): Buffer {
  const property = (name: string, value: string) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(value.length);
    return Buffer.concat([
      Buffer.of(name.length),
      Buffer.from(name, "latin1"),
      length,
      Buffer.from(value, "latin1"),
    ]);
  };
  return command("READY", Buffer.concat([property("Socket-Type", "PUB"), property("Identity", "")]));
}

export type Heard =
  | { readonly kind: "greeting" }
  | { readonly kind: "ready" }
  | { readonly kind: "subscribe" | "cancel"; readonly prefix: Buffer }
  /** Nothing that a subscriber of this protocol says; the connection should end. */
  | { readonly kind: "wrong" };

/** Cuts what a subscriber sends into what it means. Call with bytes as they come. */
export function createSubscriberParser(): (bytes: Uint8Array) => Heard[] {
  let rest: Buffer = Buffer.alloc(0);
  let greeted = false;
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    const heard: Heard[] = [];
    if (!greeted) {
      const begins = Math.min(rest.length, 1);
      if (rest.subarray(0, begins).compare(SIGNATURE, 0, begins) !== 0) return [{ kind: "wrong" }];
      if (rest.length < GREETING_BYTES) return [];
      const isNull = rest.toString("latin1", 12, 32).replaceAll("\0", "") === "NULL";
      if (rest[9] !== 0x7f || (rest[10] ?? 0) < 3 || !isNull) return [{ kind: "wrong" }];
      greeted = true;
      rest = rest.subarray(GREETING_BYTES);
      heard.push({ kind: "greeting" });
    }
    for (;;) {
      const flags = rest[0];
      if (flags === undefined || rest.length < ((flags & LONG) === 0 ? 2 : 9)) return heard;
      const head = (flags & LONG) === 0 ? 2 : 9;
      const length = head === 2 ? (rest[1] as number) : Number(rest.readBigUInt64BE(1));
      if (length > MAX_FRAME_BYTES) return [...heard, { kind: "wrong" }];
      if (rest.length < head + length) return heard;
      const said = meaning(flags, rest.subarray(head, head + length));
      rest = rest.subarray(head + length);
      if (said !== null) heard.push(said);
    }
  };
}

function meaning(flags: number, body: Buffer): Heard | null {
  if ((flags & COMMAND) === 0) {
    if (body[0] === 1) return { kind: "subscribe", prefix: Buffer.from(body.subarray(1)) };
    return body[0] === 0 ? { kind: "cancel", prefix: Buffer.from(body.subarray(1)) } : null;
  }
  const end = 1 + (body[0] ?? 0);
  const data = Buffer.from(body.subarray(end));
  switch (body.toString("latin1", 1, end)) {
    case "READY":
      return { kind: "ready" };
    case "SUBSCRIBE":
      return { kind: "subscribe", prefix: data };
    case "CANCEL":
      return { kind: "cancel", prefix: data };
    default:
      return null;
  }
}
