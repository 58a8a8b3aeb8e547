import { compactNumber, Twox128 } from "@polkadot-api/substrate-bindings";
import type { Runtime } from "../runtime/runtime.ts";
import { bytesToHex } from "../scale/hex.ts";

const text = (value: string) => Twox128(new TextEncoder().encode(value));

/** The key of System.Events. */
export const EVENTS_KEY = bytesToHex(Buffer.concat([text("System"), text("Events")]));

/** A list of remarks this long, as a block full of small events has it. */
export function bigEvents({ pallets }: Runtime, megabytes: number): string {
  const events = pallets.find(({ name }) => name === "System")?.storage.find(({ name }) => name === "Events");
  if (events === undefined) throw new Error("the runtime has no System.Events");
  const hash = `0x${"ab".repeat(32)}`;
  const one = events.value.codec.enc([
    {
      phase: { type: "ApplyExtrinsic", value: [1] },
      event: { type: "System", value: [{ type: "Remarked", value: { sender: hash, hash } }] },
      topics: [],
    },
  ]);
  // The first byte is the list's length.
  const record = one.subarray(1);
  const count = Math.ceil((megabytes * 1_000_000) / record.length);
  return bytesToHex(
    Buffer.concat([compactNumber.enc(count), ...Array.from({ length: count }, () => record)]),
  );
}
