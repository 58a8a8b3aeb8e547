import { accountId, alpha, netUid, netUidStorageIndex, tao } from "../common-types.ts";
import { u16, u64 } from "../../scale/primitive.ts";
import type { Pallet } from "../pallet.ts";
import { BURN } from "../subnet-values.ts";
import { hotkeyStorage } from "./hotkey-storage.ts";
import { subnetStorage } from "./subtensor-storage.ts";
import { subtensorCalls } from "./subtensor-calls.ts";

/** Numbers of events and errors: their places in macros/events.rs and macros/errors.rs of subtensor 14bc6f9f9. */
export const subtensorPallet: Pallet = {
  index: 7,
  name: "SubtensorModule",
  crate: "pallet_subtensor",
  storage: [...subnetStorage, ...hotkeyStorage],
  calls: subtensorCalls,
  events: {
    StakeAdded: [2, [accountId, accountId, tao, alpha, netUid, u64]],
    StakeRemoved: [3, [accountId, accountId, tao, alpha, netUid, u64]],
    WeightsSet: [5, [netUidStorageIndex, u16]],
    NeuronRegistered: [6, [netUid, u16, accountId]],
    AxonServed: [28, [netUid, accountId]],
  },
  errors: {
    InvalidIpAddress: 2,
    InvalidPort: 3,
    HotKeyNotRegisteredInSubNet: 4,
    HotKeyAccountNotExists: 5,
    HotKeyNotRegisteredInNetwork: 6,
    NonAssociatedColdKey: 7,
    NotEnoughStakeToWithdraw: 9,
    NotEnoughBalanceToStake: 12,
    NeuronNoValidatorPermit: 15,
    WeightVecNotEqualSize: 16,
    UidVecContainInvalidOne: 18,
    HotKeyAlreadyRegisteredInSubNet: 21,
    SettingWeightsTooFast: 29,
    ServingRateLimitExceeded: 31,
    SubnetNotExists: 75,
    AmountTooLow: 81,
  },
  constants: [
    { name: "InitialBurn", type: tao, value: BURN },
    { name: "InitialTempo", type: u16, value: 360 },
    { name: "InitialMaxAllowedUids", type: u16, value: 256 },
  ],
};
