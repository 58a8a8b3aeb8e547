import type { Dispatch } from "../../chain/dispatch.ts";
import { blake256, bytesToHex, hexToBytes } from "../../scale/hex.ts";
import { newtype, struct, variant } from "../../scale/composite.ts";
import { bytes, str, u16, u32, u64, u128, vec } from "../../scale/primitive.ts";
import type { AnyType } from "../../scale/type.ts";
import {
  accountId,
  compact,
  digest,
  dispatchError,
  dispatchInfo,
  h256,
  runtimeVersion,
  weight,
} from "../common-types.ts";
import { plain } from "../pallet.ts";
import type { Pallet } from "../pallet.ts";
import { versionValue } from "../version.ts";

const accountData = struct("pallet_balances::types::AccountData", {
  free: u64,
  reserved: u64,
  frozen: u64,
  flags: newtype("pallet_balances::types::ExtraFlags", u128),
});

const accountInfo = struct("frame_system::AccountInfo", {
  nonce: u32,
  consumers: u32,
  providers: u32,
  sufficients: u32,
  data: accountData,
});

export const phase = variant("frame_system::Phase", {
  ApplyExtrinsic: [0, [u32]],
  Finalization: [1],
  Initialization: [2],
});

/** The top bit of ExtraFlags: the account's data is in the new form. */
const NEW_LOGIC = 2n ** 127n;

const perClass = (inner: AnyType) =>
  struct(
    "frame_support::dispatch::PerDispatchClass",
    { normal: inner, operational: inner, mandatory: inner },
    [{ name: "T", type: inner }],
  );

/** `eventRecord`: the runtime's event with its phase and topics. */
export function systemPallet(eventRecord: AnyType, specVersion: number): Pallet {
  return {
    index: 0,
    name: "System",
    crate: "frame_system",
    storage: [
      {
        name: "Account",
        keys: [["Blake2128Concat", accountId]],
        value: accountInfo,
        fallback: accountValue(0, 0n, 0),
        read: ({ state }, id: string) => {
          const account = state.accounts.get(id);
          return account && accountValue(account.nonce, account.free, 1);
        },
        list: ({ state }) => [...state.accounts.keys()].map((id) => [id]),
      },
      plain({ name: "ExtrinsicCount", value: u32, read: ({ extrinsicCount }) => extrinsicCount }),
      {
        name: "BlockHash",
        keys: [["Twox64Concat", u32]],
        value: h256,
        fallback: `0x${"00".repeat(32)}`,
        read: (view, number: number) => (number < view.number ? view.hashAt(number) : undefined),
        list: () => [],
      },
      plain({ name: "Number", value: u32, fallback: 0, read: ({ number }) => number }),
      plain({
        name: "ParentHash",
        value: h256,
        fallback: `0x${"00".repeat(32)}`,
        read: ({ parentHash }) => parentHash,
      }),
      plain({
        name: "Digest",
        value: digest,
        fallback: { logs: [] },
        read: ({ logs }) => ({ logs: [...logs] }) as never,
      }),
      {
        name: "Events",
        keys: [],
        value: vec(eventRecord),
        fallback: [],
        read: ({ events }) =>
          events.map(({ extrinsic, pallet, event }) => ({
            phase:
              extrinsic === null
                ? { type: "Initialization" }
                : { type: "ApplyExtrinsic", value: [extrinsic] },
            event: { type: pallet, value: [event] },
            topics: [],
          })),
      },
      plain({ name: "EventCount", value: u32, fallback: 0, read: ({ events }) => events.length }),
      plain({
        name: "LastRuntimeUpgrade",
        value: struct("frame_system::LastRuntimeUpgradeInfo", { spec_version: compact.u32, spec_name: str }),
        read: (view) => ({ spec_version: view.specVersion, spec_name: "node-subtensor" }),
      }),
    ],
    calls: [
      { index: 0, name: "remark", fields: { remark: bytes }, apply: () => {} },
      {
        index: 7,
        name: "remark_with_event",
        fields: { remark: bytes },
        apply: (dispatch: Dispatch, { remark }: { remark: string }) =>
          dispatch.emit({
            pallet: "System",
            event: {
              type: "Remarked",
              value: {
                sender: dispatch.signer,
                hash: bytesToHex(blake256(hexToBytes(remark) ?? new Uint8Array())),
              },
            },
          }),
      },
    ],
    events: {
      ExtrinsicSuccess: [0, { dispatch_info: dispatchInfo }],
      ExtrinsicFailed: [1, { dispatch_error: dispatchError, dispatch_info: dispatchInfo }],
      CodeUpdated: [2],
      NewAccount: [3, { account: accountId }],
      KilledAccount: [4, { account: accountId }],
      Remarked: [5, { sender: accountId, hash: h256 }],
    },
    errors: {
      InvalidSpecName: 0,
      SpecVersionNeedsToIncrease: 1,
      FailedToExtractRuntimeVersion: 2,
      NonDefaultComposite: 3,
      NonZeroRefCount: 4,
      CallFiltered: 5,
    },
    constants: [
      { name: "BlockWeights", type: blockWeights, value: BLOCK_WEIGHTS },
      {
        name: "BlockLength",
        type: struct("frame_system::limits::BlockLength", { max: perClass(u32) }),
        value: { max: { normal: 7_864_320, operational: 10_485_760, mandatory: 10_485_760 } },
      },
      { name: "BlockHashCount", type: u32, value: 2_400 },
      {
        name: "DbWeight",
        type: struct("sp_weights::RuntimeDbWeight", { read: u64, write: u64 }),
        value: { read: 25_000_000n, write: 100_000_000n },
      },
      { name: "Version", type: runtimeVersion, value: versionValue(specVersion) },
      { name: "SS58Prefix", type: u16, value: 42 },
    ],
  };
}

function accountValue(nonce: number, free: bigint, providers: number) {
  return {
    nonce,
    consumers: 0,
    providers,
    sufficients: 0,
    data: { free, reserved: 0n, frozen: 0n, flags: providers === 0 ? 0n : NEW_LOGIC },
  };
}

const blockWeights = struct("frame_system::limits::BlockWeights", { base_block: weight, max_block: weight });
/** Four seconds of computation; the limits by class are left out. */
const BLOCK_WEIGHTS = {
  base_block: { ref_time: 431_614_000n, proof_size: 0n },
  max_block: { ref_time: 4_000_000_000_000n, proof_size: 2n ** 64n - 1n },
};
