import { execa } from "execa";
import { bareFailover } from "./bare-failover.ts";
import { median } from "./median.ts";
import { seconds, timed } from "./timed.ts";

/** scenarios/failover.mjs on compose beside a bare script that runs the same docker commands and waits as long. */
export async function benchCompose(pairs: number): Promise<string> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    ours.push(await timed(() => execa("zx", ["scenarios/failover.mjs", "--tier", "compose", "--seed", "1"])));
    bare.push(await timed(bareFailover));
  }
  const ratio = median(ours.map((ms, pair) => ms / bare[pair]!));
  return `compose: failover ${seconds(median(ours))}, bare script ${seconds(median(bare))}, ratio ${ratio.toFixed(3)} (median of ${pairs} pairs; target at most 1.05)`;
}
