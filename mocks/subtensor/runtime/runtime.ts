import { variant } from "../scale/composite.ts";
import type { VariantFields } from "../scale/composite.ts";
import { vec } from "../scale/primitive.ts";
import { struct } from "../scale/composite.ts";
import type { AnyType } from "../scale/type.ts";
import { delegateInfoApi, stakeInfoApi, swapApi } from "./apis/stake.ts";
import { neuronInfoApi } from "./apis/neurons.ts";
import { subnetInfoApi, subnetRegistrationApi } from "./apis/subnets.ts";
import { chainApis, extrinsicType } from "./apis/chain.ts";
import { validityApi } from "./apis/validity.ts";
import { h256 } from "./common-types.ts";
import type { Pallet, RuntimeApi } from "./pallet.ts";
import { balancesPallet } from "./pallets/balances.ts";
import { commitmentsPallet } from "./pallets/commitments.ts";
import { timestampPallet, transactionPaymentPallet } from "./pallets/small.ts";
import { subtensorPallet } from "./pallets/subtensor.ts";
import { phase, systemPallet } from "./pallets/system.ts";
import { withNews } from "./upgrade.ts";

/** A runtime of the chain: what its metadata says and what its storage, calls and APIs do. */
export interface Runtime {
  readonly specVersion: number;
  readonly pallets: readonly Pallet[];
  readonly apis: readonly RuntimeApi[];
  /** RuntimeCall: a pallet's call as `{ type: "Balances", value: [{ type: "transfer_all", value: {…} }] }`. */
  readonly call: AnyType;
  readonly event: AnyType;
  readonly error: AnyType;
}

const CRATE = "node_subtensor_runtime";

/** `changed`: an upgrade that adds things and moves others, see upgrade.ts. */
export function createRuntime(specVersion: number, changed: boolean): Runtime {
  const others = [
    timestampPallet,
    balancesPallet,
    transactionPaymentPallet,
    subtensorPallet,
    commitmentsPallet,
  ];
  const later = changed ? withNews(others) : others;
  // System's own events are part of the enum that System.Events holds.
  const system = systemPallet(struct("frame_system::EventRecord", {}), specVersion);
  const event = outer("RuntimeEvent", [system, ...later], eventsOf);
  const record = struct("frame_system::EventRecord", { phase, event, topics: vec(h256) }, [
    { name: "E", type: event },
    { name: "T", type: h256 },
  ]);
  const pallets = [systemPallet(record, specVersion), ...later];
  const call = outer("RuntimeCall", pallets, callsOf);
  return {
    specVersion,
    pallets,
    event,
    call,
    error: outer("RuntimeError", pallets, errorsOf),
    apis: [
      ...chainApis(call),
      validityApi(extrinsicType(call)),
      subnetInfoApi,
      neuronInfoApi,
      delegateInfoApi,
      stakeInfoApi,
      subnetRegistrationApi,
      swapApi,
    ],
  };
}

/** The enum over the pallets that have such a thing. */
function outer(name: string, pallets: readonly Pallet[], of: (pallet: Pallet) => AnyType | null): AnyType {
  const variants = pallets.flatMap((pallet) => {
    const inner = of(pallet);
    return inner === null ? [] : [[pallet.name, [pallet.index, [inner]]] as const];
  });
  return variant(`${CRATE}::${name}`, Object.fromEntries(variants) as Record<string, VariantFields>);
}

export function callsOf({ crate, calls }: Pallet): AnyType | null {
  if (calls.length === 0) return null;
  const variants = calls.map(({ index, name, fields }) => [name, [index, fields]] as const);
  return variant(`${crate}::pallet::Call`, Object.fromEntries(variants));
}

export function eventsOf({ crate, events }: Pallet): AnyType | null {
  return Object.keys(events).length === 0 ? null : variant(`${crate}::pallet::Event`, events);
}

export function errorsOf({ crate, errors }: Pallet): AnyType | null {
  const variants = Object.entries(errors).map(([name, index]) => [name, [index]] as const);
  return variants.length === 0 ? null : variant(`${crate}::pallet::Error`, Object.fromEntries(variants));
}
