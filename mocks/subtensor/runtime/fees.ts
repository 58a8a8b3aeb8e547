/** Every call costs and weighs the same here; the real chain measures each. Rao: about what a transfer costs. */
const BASE_FEE = 124_000n;
const PER_BYTE = 10n;

/** Rao for an extrinsic of so many bytes. */
export function feeOf(length: number): bigint {
  return BASE_FEE + PER_BYTE * BigInt(length);
}

/** Picoseconds and bytes. */
export const WEIGHT = { ref_time: 250_000_000n, proof_size: 3_593n } as const;
