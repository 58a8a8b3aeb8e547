/** What a bad miner does. Rates are chances per share, 0 to 1. */
export interface MinerFaults {
  /** Keeps the share back and submits it for its job after the next block. */
  readonly stale: number;
  /** Submits the share twice. */
  readonly duplicate: number;
  /** Submits a share that does not meet the difficulty beside it. */
  readonly lowDifficulty: number;
  /** Works at this difficulty whatever the pool says; 0: as told (slush0/stratum-mining-proxy#66). */
  readonly fakeDifficulty: number;
  /** Adds up to so many seconds to the time of a share; the pool takes 7,000. A share that was hashed is spoiled by it. */
  readonly rollTimeSec: number;
  /** Reads nothing more after so many jobs; 0: never. */
  readonly deafAfterJobs: number;
}

export const NO_FAULTS: MinerFaults = {
  stale: 0,
  duplicate: 0,
  lowDifficulty: 0,
  fakeDifficulty: 0,
  rollTimeSec: 0,
  deafAfterJobs: 0,
};
