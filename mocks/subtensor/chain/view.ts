import type { Invalidity } from "../runtime/apis/validity.ts";
import type { PalletEvent } from "../runtime/pallet.ts";
import type { ChainState } from "./state.ts";

/** An event with the extrinsic that caused it; null: the block itself. */
export interface BlockEvent extends PalletEvent {
  readonly extrinsic: number | null;
}

/** A block as the runtime's storage and APIs see it. */
export interface BlockView {
  readonly number: number;
  readonly parentHash: string;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly state: ChainState;
  readonly events: readonly BlockEvent[];
  readonly logs: readonly { readonly type: string; readonly value?: unknown }[];
  readonly extrinsicCount: number;
  readonly specVersion: number;
  /** Why this extrinsic (hex) would not be taken on top of the block; null: it would. */
  validate(hex: string): Invalidity | null;
  /** The runtime's metadata in this version; null: there is none. */
  metadata(version: number): Uint8Array | null;
  /** Of a block of this block's own chain; undefined when it is not kept. */
  hashAt(number: number): string | undefined;
}
