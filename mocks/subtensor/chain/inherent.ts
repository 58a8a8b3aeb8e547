import { compactBn } from "@polkadot-api/substrate-bindings";
import { bytesToHex } from "../scale/hex.ts";

/** The extrinsic that every block begins with: Timestamp.set, unsigned, format 4. */
export function textOfInherent(timeMs: number): string {
  const body = Buffer.concat([Buffer.from([0x04, 0x02, 0x00]), compactBn.enc(BigInt(timeMs))]);
  return bytesToHex(Buffer.concat([Buffer.from([body.length << 2]), body]));
}
