import { bytes, u64 } from "../scale/primitive.ts";
import { plain } from "./pallet.ts";
import type { Pallet } from "./pallet.ts";

/**
 * What an upgrade with other metadata brings: a storage item, a constant, and another number for Commitments'
 * set_commitment, so that a client that goes on with the old metadata makes calls that the chain can't read.
 */
export function withNews(pallets: readonly Pallet[]): readonly Pallet[] {
  return pallets.map((pallet) => {
    if (pallet.name === "SubtensorModule")
      return {
        ...pallet,
        storage: [
          ...pallet.storage,
          plain({ name: "UpgradeNotes", value: bytes, fallback: "0x", read: () => "0x" }),
        ],
        constants: [...pallet.constants, { name: "UpgradeNumber", type: u64, value: 1n }],
      };
    if (pallet.name !== "Commitments") return pallet;
    return { ...pallet, calls: pallet.calls.map((call) => ({ ...call, index: call.index + 40 })) };
  });
}
