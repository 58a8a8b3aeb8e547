import { DispatchFailure } from "../../chain/dispatch.ts";
import { uidOf, withCommitment } from "../../chain/state.ts";
import type { ChainState } from "../../chain/state.ts";
import type { BlockView } from "../../chain/view.ts";
import { boundedBytes, boundedVec, struct, variant } from "../../scale/composite.ts";
import type { VariantFields, VariantValue } from "../../scale/composite.ts";
import { bytes, fixedBytes, tuple, u32, u64, vec } from "../../scale/primitive.ts";
import { accountId, netUid, tao } from "../common-types.ts";
import { plain } from "../pallet.ts";
import type { Pallet, StorageItem } from "../pallet.ts";

/** subtensor 14bc6f9f9, pallets/commitments: Raw0 is 1, Raw128 is 129. */
const raw = Object.fromEntries(
  Array.from({ length: 129 }, (_, size) => [`Raw${size}`, [size + 1, [fixedBytes(size)]]]),
) as Readonly<Record<string, VariantFields>>;

const data = variant("pallet_commitments::types::Data", {
  None: [0],
  ...raw,
  BlakeTwo256: [130, [fixedBytes(32)]],
  Sha256: [131, [fixedBytes(32)]],
  Keccak256: [132, [fixedBytes(32)]],
  ShaThree256: [133, [fixedBytes(32)]],
  TimelockEncrypted: [134, { encrypted: boundedBytes, reveal_round: u64 }],
  ResetBondsFlag: [135],
  BigRaw: [136, [boundedBytes]],
});

const info = struct("pallet_commitments::types::CommitmentInfo", { fields: boundedVec(data) });

export const registration = struct("pallet_commitments::types::Registration", {
  deposit: tao,
  block: u32,
  info,
});

const MAX_FIELDS = 3;

/** A map by subnet and hotkey over the commitments. */
function perCommitment(
  name: string,
  value: StorageItem["value"],
  read: (view: BlockView, netuid: number, hotkey: string) => unknown,
): StorageItem {
  return {
    name,
    keys: [
      ["Identity", netUid],
      ["Twox64Concat", accountId],
    ],
    value,
    read: read as StorageItem["read"],
    list: ({ state }) =>
      [...state.commitments.keys()].map((key) => {
        const [netuid, hotkey] = key.split("/");
        return [Number(netuid), hotkey];
      }),
  };
}

export function registrationOf({ commitments }: ChainState, netuid: number, hotkey: string) {
  const commitment = commitments.get(`${netuid}/${hotkey}`);
  return commitment && { deposit: 0n, block: commitment.block, info: { fields: [...commitment.fields] } };
}

export const commitmentsPallet: Pallet = {
  index: 18,
  name: "Commitments",
  crate: "pallet_commitments",
  storage: [
    perCommitment("CommitmentOf", registration, ({ state }, netuid, hotkey) =>
      registrationOf(state, netuid, hotkey),
    ),
    perCommitment(
      "LastCommitment",
      u32,
      ({ state }, netuid, hotkey) => state.commitments.get(`${netuid}/${hotkey}`)?.block,
    ),
    {
      ...perCommitment("RevealedCommitments", vec(tuple(bytes, u64)), () => undefined),
      list: () => [],
    },
    plain({ name: "MaxSpace", value: u32, fallback: 3_100, read: () => 3_100 }),
  ],
  calls: [
    {
      index: 0,
      name: "set_commitment",
      fields: { netuid: netUid, info },
      free: true,
      apply: (dispatch, args: { netuid: number; info: { fields: VariantValue[] } }) => {
        const subnet = dispatch.state.subnets.get(args.netuid);
        const who = dispatch.signer;
        if (subnet === undefined || uidOf(subnet, who) === -1)
          throw new DispatchFailure("Commitments", "AccountNotAllowedCommit");
        if (args.info.fields.length > MAX_FIELDS)
          throw new DispatchFailure("Commitments", "TooManyFieldsInCommitmentInfo");
        dispatch.state = withCommitment(dispatch.state, args.netuid, who, {
          block: dispatch.block,
          fields: args.info.fields,
        });
        dispatch.emit({
          pallet: "Commitments",
          event: { type: "Commitment", value: { netuid: args.netuid, who } },
        });
      },
    },
  ],
  events: { Commitment: [0, { netuid: netUid, who: accountId }] },
  errors: {
    TooManyFieldsInCommitmentInfo: 0,
    AccountNotAllowedCommit: 1,
    SpaceLimitExceeded: 2,
    UnexpectedUnreserveLeftover: 3,
  },
  constants: [
    { name: "MaxFields", type: u32, value: MAX_FIELDS },
    { name: "InitialDeposit", type: tao, value: 0n },
    { name: "FieldDeposit", type: tao, value: 0n },
  ],
};
