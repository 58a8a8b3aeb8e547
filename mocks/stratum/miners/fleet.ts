import type { Clock } from "../../../harness/time/clock.ts";
import { keyedRandom } from "../../../harness/service/random.ts";
import { hashingEngine, oracleEngine } from "./engine.ts";
import type { MinerFaults } from "./faults.ts";
import type { Dial } from "./link.ts";
import { createMiner } from "./miner.ts";
import type { Totals } from "./miner.ts";
import type { Profile } from "./profile.ts";

export interface FleetOptions {
  readonly dial: Dial;
  readonly clock: Clock;
  readonly seed: number;
  readonly count: number;
  /** Hashes per second of each. */
  readonly hashrate: number;
  readonly profile: Profile;
  readonly latencyMs: number;
  readonly faults: MinerFaults;
  /** The pool's key; null: hash for real, on this thread. */
  readonly oracle: string | null;
  /** Worker names: `user.0`, `user.1` … */
  readonly user: string;
  readonly password: string;
  /** Version bits to ask for, 8 hex digits; null: none. */
  readonly mask: string | null;
  /** Connections begun per second. */
  readonly connectsPerSec: number;
  /** How fine time is for the miners, in ms. */
  readonly stepMs: number;
}

export interface FleetReport extends Totals {
  readonly connected: number;
  /** Of the work that was taken, over the time since the start: hashes per second. */
  readonly hashrate: number;
}

export interface Fleet {
  /** Mines until the signal. */
  run(signal: AbortSignal): Promise<void>;
  report(): FleetReport;
}

const HASHES_OF_DIFFICULTY_1 = 2 ** 32;

export function createFleet(options: FleetOptions): Fleet {
  const { clock, count, seed, oracle, faults } = options;
  const totals: Totals = { submitted: 0, accepted: 0, work: 0, refused: {}, connects: 0, jobs: 0 };
  const miners = Array.from({ length: count }, (_, at) => {
    const random = keyedRandom(seed, `miner/${at}`);
    return createMiner({
      ...options,
      session: {
        user: `${options.user}.${at}`,
        password: options.password,
        agent: "firedrill-miner/1",
        mask: oracle === null ? options.mask : null,
      },
      engine: oracle === null ? hashingEngine(random, options.mask !== null) : oracleEngine(random, oracle),
      random: keyedRandom(seed, `miner/${at}/faults`),
      totals,
      faults,
    });
  });
  const startMs = clock.nowMs();
  let begun = 0;

  return {
    async run(signal) {
      let lastMs = clock.nowMs();
      while (!signal.aborted) {
        const nowMs = clock.nowMs();
        const due = Math.min(count, 1 + Math.floor(((nowMs - startMs) * options.connectsPerSec) / 1_000));
        for (; begun < due; begun++) miners[begun]?.connect(nowMs);
        for (const miner of miners) {
          if (miner.retryAtMs <= nowMs) miner.connect(nowMs);
          if (miner.connected) miner.step(nowMs, nowMs - lastMs);
        }
        lastMs = nowMs;
        await clock.sleep(options.stepMs, signal);
      }
      for (const miner of miners) miner.close();
    },
    report() {
      const seconds = Math.max(1e-3, (clock.nowMs() - startMs) / 1_000);
      return {
        ...totals,
        connected: miners.filter(({ connected }) => connected).length,
        hashrate: (totals.work * HASHES_OF_DIFFICULTY_1) / seconds,
      };
    },
  };
}
