import { execa } from "execa";
import { bareFailover } from "./bare-failover.ts";
import { median } from "./median.ts";

/** scenarios/failover.mjs on compose beside a bare script that runs the same docker commands and waits as long. */
export async function benchCompose(pairs: number): Promise<string> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    ours.push(await timed(() => execa("zx", ["scenarios/failover.mjs", "--tier", "compose", "--seed", "1"])));
    bare.push(await timed(bareFailover));
  }
  const ratio = median(ours.map((ms, pair) => ms / bare[pair]!));
  const seconds = (values: readonly number[]) => `${(median(values) / 1000).toFixed(1)} s`;
  return `compose: failover ${seconds(ours)}, bare script ${seconds(bare)}, ratio ${ratio.toFixed(3)} (median of ${pairs} pairs; target at most 1.05)`;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
