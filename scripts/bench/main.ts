import { tierByName } from "../../harness/tier/index.ts";
import type { TierName } from "../../harness/tier/tier.ts";
import { benchClusters } from "./clusters.ts";
import { benchCompose } from "./compose-failover.ts";
import { benchK3d } from "./k3d-failover.ts";
import { benchLlm } from "./mocks/llm.ts";
import { benchPipe } from "./mocks/pipe.ts";
import { benchSim } from "./sim-trial.ts";

/**
 * `npm run bench [pairs] [mocks]`: what Firedrill costs beside the same work done by hand, and its mocks beside the best
 * rival. Figures are ratios of runs in turn, A B A B, because a machine's speed drifts; the absolute times only say what
 * machine it was. With `mocks` only those.
 */
const pairs = Number(process.argv[2] ?? 3);
process.stdout.write(`${await benchLlm(pairs)}\n`);
process.stdout.write(`${await benchPipe(pairs)}\n`);
if (process.argv[3] === "mocks") process.exit();
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
