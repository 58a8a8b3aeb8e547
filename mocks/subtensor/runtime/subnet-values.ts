import type { Subnet } from "../chain/state.ts";

/**
 * What every subnet has alike: the runtime's defaults (subtensor 14bc6f9f9, runtime/src/lib.rs, `SubtensorInitial…`)
 * where clients act on them, else plausible values of ours. No epoch is computed: stakes and scores stand still unless a
 * call, a fault or a registration moves them.
 */
export const HYPERPARAMS = {
  rho: 10,
  kappa: 32_767,
  immunity_period: 4_096,
  min_allowed_weights: 1,
  max_weights_limit: 65_535,
  min_difficulty: 10_000_000n,
  max_difficulty: 4_611_686_018_427_387_903n,
  weights_version: 0n,
  weights_rate_limit: 100n,
  adjustment_interval: 100,
  activity_cutoff: 5_000n,
  registration_allowed: true,
  target_regs_per_interval: 2,
  min_burn: 500_000n,
  max_burn: 100_000_000_000n,
  bonds_moving_avg: 900_000n,
  max_regs_per_block: 1,
  serving_rate_limit: 50n,
  max_validators: 64,
  adjustment_alpha: 0n,
  difficulty: 10_000_000n,
  commit_reveal_period: 1n,
  commit_reveal_weights_enabled: false,
  alpha_high: 58_982,
  alpha_low: 45_875,
  liquid_alpha_enabled: false,
} as const;

/** Of the newer list, which is read by name. */
export const MORE_HYPERPARAMS = {
  yuma_version: 3,
  subnet_is_active: true,
  transfers_enabled: true,
  bonds_reset_enabled: false,
  user_liquidity_enabled: false,
} as const;

export const MAX_UIDS = 256;

/** Rao: what a registration costs. */
export const BURN = 1_000_000n;

/** Rao: what a new subnet costs. */
export const NETWORK_COST = 1_000_000_000_000n;

const UNIT = 1_000_000_000n;

/** The subnet's pool: its price is 0.025 TAO, but for the root's, which is one. */
export function poolOf({ netuid }: Subnet) {
  const root = netuid === 0;
  return {
    taoIn: (root ? 5_000_000n : 25_000n) * UNIT,
    alphaIn: (root ? 5_000_000n : 1_000_000n) * UNIT,
    alphaOut: 1_500_000n * UNIT,
    taoEmission: root ? 0n : 10_000_000n,
    alphaInEmission: root ? 0n : 400_000_000n,
    alphaOutEmission: root ? 0n : UNIT,
    volume: 500_000n * UNIT,
  };
}

/** TAO for one of the subnet's token, in rao. */
export function priceOf(subnet: Subnet): bigint {
  const { taoIn, alphaIn } = poolOf(subnet);
  return (taoIn * UNIT) / alphaIn;
}

/** The epoch that a block is in: one ends when block + netuid + 1 is divisible by tempo + 1. */
export function epochOf({ netuid, tempo }: Pick<Subnet, "netuid" | "tempo">, block: number) {
  const blocksSinceLastStep = (block + netuid + 1) % (tempo + 1);
  return { blocksSinceLastStep, lastStep: Math.max(0, block - blocksSinceLastStep) };
}
