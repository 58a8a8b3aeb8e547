import { tierByName } from "../../harness/tier/index.ts";
import type { TierName } from "../../harness/tier/tier.ts";
import { benchClusters } from "./clusters.ts";
import { benchCompose } from "./compose-failover.ts";
import { benchK3d } from "./k3d-failover.ts";
import { benchSim } from "./sim-trial.ts";

/**
 * `npm run bench`: what Firedrill costs beside the same work done by hand. Figures are ratios of runs in turn, A B A B,
 * because a machine's speed drifts; the absolute times only say what machine it was.
 */
const pairs = Number(process.argv[2] ?? 3);
process.stdout.write(`${await benchSim()}\n`);
await benchTier("compose", () => benchCompose(pairs));
await benchTier("k3d", () => benchK3d(pairs));
await benchTier("k3d", benchClusters);

async function benchTier(name: TierName, bench: () => Promise<string>): Promise<void> {
  const readiness = await (await tierByName(name)).ready();
  const line = readiness.ready
    ? await bench()
    : `${name}: not measured, ${readiness.reason}: ${readiness.fix}`;
  process.stdout.write(`${line}\n`);
}
