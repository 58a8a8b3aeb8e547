import { Address, OutScript } from "@scure/btc-signer";
import type { Network } from "../networks.ts";

/** The output script of an address; null: no address of this network. */
export function scriptOf(address: string, { address: forms }: Network): Buffer | null {
  try {
    return Buffer.from(OutScript.encode(Address(forms).decode(address)));
  } catch {
    return null;
  }
}

/** The address of an output script; null: it has none. */
export function addressOf(script: Uint8Array, { address: forms }: Network): string | null {
  try {
    return Address(forms).encode(OutScript.decode(script));
  } catch {
    return null;
  }
}

/** What Core calls the script's form. */
export function typeOf(script: Uint8Array): string {
  const hex = Buffer.from(script).toString("hex");
  if (/^76a914[0-9a-f]{40}88ac$/.test(hex)) return "pubkeyhash";
  if (/^a914[0-9a-f]{40}87$/.test(hex)) return "scripthash";
  if (/^0014[0-9a-f]{40}$/.test(hex)) return "witness_v0_keyhash";
  if (/^0020[0-9a-f]{64}$/.test(hex)) return "witness_v0_scripthash";
  if (/^5120[0-9a-f]{64}$/.test(hex)) return "witness_v1_taproot";
  if (/^(21[0-9a-f]{66}|41[0-9a-f]{130})ac$/.test(hex)) return "pubkey";
  if (hex.startsWith("6a")) return "nulldata";
  return "nonstandard";
}

/** Names of the op codes that Core's `asm` spells out and that outputs use; the others are written OP_UNKNOWN. */
const NAMES: Readonly<Record<number, string>> = {
  0x6a: "OP_RETURN",
  0x75: "OP_DROP",
  0x76: "OP_DUP",
  0x87: "OP_EQUAL",
  0x88: "OP_EQUALVERIFY",
  0xa9: "OP_HASH160",
  0xac: "OP_CHECKSIG",
  0xae: "OP_CHECKMULTISIG",
};

/** The script as Core's `asm` shows it. */
export function asmOf(script: Uint8Array): string {
  const words: string[] = [];
  for (const { op, data } of operations(script)) {
    if (data !== null) words.push(data.length === 0 ? "0" : numberOrHex(data));
    else if (op === 0x4f) words.push("-1");
    else if (op >= 0x51 && op <= 0x60) words.push(String(op - 0x50));
    else words.push(NAMES[op] ?? "OP_UNKNOWN");
  }
  return words.join(" ");
}

/** Core shows pushes of up to four bytes as numbers. */
function numberOrHex(data: Uint8Array): string {
  if (data.length > 4) return Buffer.from(data).toString("hex");
  const value = Buffer.from(data).readUIntLE(0, data.length);
  const sign = 2 ** (8 * data.length - 1);
  return String(value >= sign ? -(value - sign) : value);
}

/**
 * Signature operations of a script as Core counts them before segwit (`GetLegacySigOpCount`): a multisig is twenty.
 */
export function sigopsOf(script: Uint8Array): number {
  let count = 0;
  for (const { op } of operations(script)) {
    if (op === 0xac || op === 0xad) count += 1;
    else if (op === 0xae || op === 0xaf) count += 20;
  }
  return count;
}

/** The operations of a script up to its end or to a push that runs over it. */
function* operations(script: Uint8Array): Generator<{ op: number; data: Uint8Array | null }> {
  const view = Buffer.from(script);
  for (let at = 0; at < view.length;) {
    const op = view.readUInt8(at++);
    if (op > 0x4e) {
      yield { op, data: null };
      continue;
    }
    const wide = op < 0x4c ? 0 : op === 0x4c ? 1 : op === 0x4d ? 2 : 4;
    if (at + wide > view.length) return;
    const length = wide === 0 ? op : view.readUIntLE(at, wide);
    at += wide;
    if (at + length > view.length) return;
    yield { op, data: view.subarray(at, at + length) };
    at += length;
  }
}
