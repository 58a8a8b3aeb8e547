import { tierByName } from "../../harness/tier/index.ts";
import { benchCompose } from "./compose-failover.ts";
import { benchSim } from "./sim-trial.ts";

/**
 * `npm run bench`: what Firedrill costs beside the same work done by hand. Figures are ratios of runs in turn, A B A B,
 * because a machine's speed drifts; the absolute times only say what machine it was.
 */
const pairs = Number(process.argv[2] ?? 3);
process.stdout.write(`${await benchSim()}\n`);
const readiness = await (await tierByName("compose")).ready();
process.stdout.write(
  readiness.ready
    ? `${await benchCompose(pairs)}\n`
    : `compose: not measured, ${readiness.reason}: ${readiness.fix}\n`,
);
