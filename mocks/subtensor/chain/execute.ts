import { feeOf, WEIGHT } from "../runtime/fees.ts";
import { HYPERPARAMS } from "../runtime/subnet-values.ts";
import type { Call } from "../runtime/pallet.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { VariantValue } from "../scale/composite.ts";
import { DispatchFailure } from "./dispatch.ts";
import type { Dispatch } from "./dispatch.ts";
import type { Extrinsic } from "./extrinsic.ts";
import { accountOf, withAccount, withSubnet } from "./state.ts";
import type { ChainState } from "./state.ts";
import type { BlockEvent } from "./view.ts";

export interface Executed {
  readonly state: ChainState;
  readonly events: readonly BlockEvent[];
}

/** What the chain does by itself at a block: validators have set weights since the last epoch. */
export function beginBlock(state: ChainState, block: number): ChainState {
  let next = state;
  if (block % Number(HYPERPARAMS.weights_rate_limit) !== 0) return next;
  for (const subnet of state.subnets.values()) {
    const neurons = subnet.neurons.map((neuron) =>
      neuron.permit ? { ...neuron, lastUpdate: block } : neuron,
    );
    next = withSubnet(next, { ...subnet, neurons });
  }
  return next;
}

/** One signed extrinsic, `at` in its block: its fee and nonce are spent whether or not the call succeeds. */
export function execute(
  state: ChainState,
  extrinsic: Extrinsic,
  runtime: Runtime,
  block: number,
  at: number,
): Executed {
  const events: BlockEvent[] = [];
  const emit = (pallet: string, event: VariantValue) => void events.push({ extrinsic: at, pallet, event });
  const { signer, tip } = extrinsic;
  const found = findCall(runtime, extrinsic.call);
  const fee = found?.call.free === true ? 0n : feeOf(extrinsic.length) + tip;
  const account = accountOf(state, signer);
  const paid = withAccount(state, signer, { nonce: account.nonce + 1, free: account.free - fee });
  if (fee > 0n) emit("Balances", { type: "Withdraw", value: { who: signer, amount: fee } });
  const info = {
    weight: WEIGHT,
    class: { type: "Normal" },
    pays_fee: { type: fee > 0n ? "Yes" : "No" },
  };
  const dispatch: Dispatch = {
    state: paid,
    signer,
    block,
    emit: ({ pallet, event }) => emit(pallet, event),
  };
  const spent = () => {
    if (fee > 0n)
      emit("TransactionPayment", {
        type: "TransactionFeePaid",
        value: { who: signer, actual_fee: fee, tip },
      });
  };
  const before = events.length;
  try {
    if (found === null) throw new DispatchFailure("Other", "CallFiltered");
    found.call.apply(dispatch, found.args as never);
    spent();
    emit("System", { type: "ExtrinsicSuccess", value: { dispatch_info: info } });
    return { state: dispatch.state, events };
  } catch (error) {
    if (!(error instanceof DispatchFailure)) throw error;
    events.length = before;
    spent();
    emit("System", {
      type: "ExtrinsicFailed",
      value: { dispatch_error: errorValue(runtime, error), dispatch_info: info },
    });
    return { state: paid, events };
  }
}

function findCall(runtime: Runtime, { type, value }: VariantValue): { call: Call; args: unknown } | null {
  const inner = (value as [VariantValue])[0];
  const call = runtime.pallets
    .find(({ name }) => name === type)
    ?.calls.find(({ name }) => name === inner.type);
  return call === undefined ? null : { call, args: inner.value ?? {} };
}

/** The name of a call, for the journal: `Commitments.set_commitment`. */
export function callName({ type, value }: VariantValue): string {
  return `${type}.${(value as [VariantValue])[0].type}`;
}

/** Can the signer pay for it? */
export function affordable(state: ChainState, extrinsic: Extrinsic, runtime: Runtime): boolean {
  const free = findCall(runtime, extrinsic.call)?.call.free === true;
  return free || accountOf(state, extrinsic.signer).free >= feeOf(extrinsic.length) + extrinsic.tip;
}

function errorValue({ pallets }: Runtime, { pallet, error }: DispatchFailure): VariantValue {
  if (pallet === "Token") return { type: "Token", value: [{ type: error }] };
  const home = pallets.find(({ name }) => name === pallet);
  const number = home?.errors[error];
  if (home === undefined || number === undefined) return { type: "Other" };
  const bytes = `0x${number.toString(16).padStart(2, "0")}000000`;
  return { type: "Module", value: [{ index: home.index, error: bytes }] };
}
