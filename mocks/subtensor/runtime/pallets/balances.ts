import { DispatchFailure } from "../../chain/dispatch.ts";
import type { Dispatch } from "../../chain/dispatch.ts";
import { accountOf, withAccount } from "../../chain/state.ts";
import type { VariantValue } from "../../scale/composite.ts";
import { bool, u32, u64 } from "../../scale/primitive.ts";
import { accountId, compact, multiAddress, tao } from "../common-types.ts";
import { plain } from "../pallet.ts";
import type { Pallet } from "../pallet.ts";

/** Rao. */
export const EXISTENTIAL_DEPOSIT = 500n;

export const balancesPallet: Pallet = {
  index: 5,
  name: "Balances",
  crate: "pallet_balances",
  storage: [
    plain({
      name: "TotalIssuance",
      value: tao,
      fallback: 0n,
      read: ({ state }) => [...state.accounts.values()].reduce((sum, { free }) => sum + free, 0n),
    }),
  ],
  calls: [
    {
      index: 0,
      name: "transfer_allow_death",
      fields: { dest: multiAddress, value: compact.tao },
      apply: (dispatch, { dest, value }: Transfer) => transfer(dispatch, dest, value, 0n),
    },
    {
      index: 3,
      name: "transfer_keep_alive",
      fields: { dest: multiAddress, value: compact.tao },
      apply: (dispatch, { dest, value }: Transfer) => transfer(dispatch, dest, value, EXISTENTIAL_DEPOSIT),
    },
    {
      index: 4,
      name: "transfer_all",
      fields: { dest: multiAddress, keep_alive: bool },
      apply: (dispatch, { dest, keep_alive }: { dest: VariantValue; keep_alive: boolean }) => {
        const left = keep_alive ? EXISTENTIAL_DEPOSIT : 0n;
        const { free } = accountOf(dispatch.state, dispatch.signer);
        transfer(dispatch, dest, free > left ? free - left : 0n, left);
      },
    },
  ],
  events: {
    Transfer: [2, { from: accountId, to: accountId, amount: tao }],
    Deposit: [7, { who: accountId, amount: tao }],
    Withdraw: [8, { who: accountId, amount: tao }],
  },
  errors: {
    VestingBalance: 0,
    LiquidityRestrictions: 1,
    InsufficientBalance: 2,
    ExistentialDeposit: 3,
    Expendability: 4,
  },
  constants: [
    { name: "ExistentialDeposit", type: u64, value: EXISTENTIAL_DEPOSIT },
    { name: "MaxLocks", type: u32, value: 50 },
    { name: "MaxReserves", type: u32, value: 50 },
  ],
};

interface Transfer {
  readonly dest: VariantValue;
  readonly value: bigint;
}

function transfer(dispatch: Dispatch, dest: VariantValue, amount: bigint, left: bigint): void {
  if (dest.type !== "Id" && dest.type !== "Address32") throw new DispatchFailure("Other", "CannotLookup");
  const from = dispatch.signer;
  const to = (dest.value as [string])[0];
  take(dispatch, from, amount, left);
  const account = accountOf(dispatch.state, to);
  dispatch.state = withAccount(dispatch.state, to, { ...account, free: account.free + amount });
  dispatch.emit({ pallet: "Balances", event: { type: "Transfer", value: { from, to, amount } } });
}

/** Takes rao from an account. @throws DispatchFailure when fewer than `left` would stay. */
export function take(dispatch: Dispatch, who: string, amount: bigint, left = 0n): void {
  const account = accountOf(dispatch.state, who);
  if (account.free < amount) throw new DispatchFailure("Token", "FundsUnavailable");
  if (account.free - amount < left) throw new DispatchFailure("Token", "NotExpendable");
  dispatch.state = withAccount(dispatch.state, who, { ...account, free: account.free - amount });
}

/** Gives rao to an account. */
export function give(dispatch: Dispatch, who: string, amount: bigint): void {
  const account = accountOf(dispatch.state, who);
  dispatch.state = withAccount(dispatch.state, who, { ...account, free: account.free + amount });
}
