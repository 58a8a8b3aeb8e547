import type { PalletEvent } from "../runtime/pallet.ts";
import type { ChainState } from "./state.ts";

/** What a call works on: the state before and after it, who signed it, and where its events go. */
export interface Dispatch {
  state: ChainState;
  readonly signer: string;
  /** The block that it is in. */
  readonly block: number;
  emit(event: PalletEvent): void;
}

/** A call that fails: its effects are undone, its fee is not. */
export class DispatchFailure extends Error {
  override readonly name = "DispatchFailure";
  readonly pallet: string;
  readonly error: string;
  /** `error` is one of the pallet's own; for the pallet `Token`, one of the runtime's TokenError. */
  constructor(pallet: string, error: string) {
    super(`${pallet}.${error}`);
    this.pallet = pallet;
    this.error = error;
  }
}
