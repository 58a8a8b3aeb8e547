import { blockHeader } from "@polkadot-api/substrate-bindings";
import type { Random } from "../../../harness/service/host.ts";
import { blake256, bytesToHex } from "../scale/hex.ts";

/** A header as RPC shows it. */
export interface Header {
  readonly parentHash: string;
  /** Hex, as RPC shows it. */
  readonly number: string;
  readonly stateRoot: string;
  readonly extrinsicsRoot: string;
  readonly digest: { readonly logs: readonly string[] };
}

/** A log as the runtime's Digest holds it. */
export interface Log {
  readonly type: "PreRuntime" | "Seal";
  readonly value: readonly [engine: string, payload: string];
}

const AURA = "aura";
const AURA_HEX = bytesToHex(Buffer.from(AURA));
const SEAL_BYTES = 64;

export interface HeaderParts {
  readonly number: number;
  readonly parentHash: string;
  /** Of Aura: how many slots since 1970. */
  readonly slot: number;
  readonly stateRoot: string;
  readonly extrinsicsRoot: string;
  /** Draws the author's seal, which tells the blocks of two forks apart. */
  readonly random: Random;
}

/** The header, its hash as every client works it out (Blake2b-256 over its SCALE form), and its logs. */
export function makeHeader(parts: HeaderParts): { header: Header; hash: string; logs: readonly Log[] } {
  const { number, parentHash, stateRoot, extrinsicsRoot, random } = parts;
  const slot = Buffer.alloc(8);
  slot.writeBigUInt64LE(BigInt(parts.slot));
  const seal = Uint8Array.from({ length: SEAL_BYTES }, () => random.below(256));
  const digests = [
    { type: "preRuntime", value: { engine: AURA, payload: bytesToHex(slot) } },
    { type: "seal", value: { engine: AURA, payload: bytesToHex(seal) } },
  ] as const;
  const encoded = blockHeader.enc({
    parentHash,
    number,
    stateRoot,
    extrinsicRoot: extrinsicsRoot,
    digests: [...digests],
  } as Parameters<typeof blockHeader.enc>[0]);
  return {
    hash: bytesToHex(blake256(encoded)),
    header: {
      parentHash,
      number: `0x${number.toString(16)}`,
      stateRoot,
      extrinsicsRoot,
      digest: { logs: [logHex(6, slot), logHex(5, seal)] },
    },
    logs: [
      { type: "PreRuntime", value: [AURA_HEX, bytesToHex(slot)] },
      { type: "Seal", value: [AURA_HEX, bytesToHex(seal)] },
    ],
  };
}

/** Variant, engine, and the payload with its length: up to 63 bytes in one byte, else in two. */
function logHex(index: number, payload: Uint8Array): string {
  const length =
    payload.length < 64 ? [payload.length << 2] : [((payload.length << 2) | 1) & 0xff, payload.length >> 6];
  return bytesToHex(Buffer.concat([Buffer.from([index]), Buffer.from(AURA), Buffer.from(length), payload]));
}
