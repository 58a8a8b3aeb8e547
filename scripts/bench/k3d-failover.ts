import { execa } from "execa";
import { bareK3dFailover } from "./bare-k3d.ts";
import { median } from "./median.ts";
import { seconds, timed } from "./timed.ts";

/** scenarios/failover.mjs on k3d beside a bare script that runs the same k3d, helm and kubectl commands and waits as long. */
export async function benchK3d(pairs: number): Promise<string> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    ours.push(await timed(() => execa("zx", ["scenarios/failover.mjs", "--tier", "k3d", "--seed", "1"])));
    bare.push(await timed(bareK3dFailover));
  }
  const ratio = median(ours.map((ms, pair) => ms / bare[pair]!));
  return `k3d: failover ${seconds(median(ours))}, bare script ${seconds(median(bare))}, ratio ${ratio.toFixed(3)} (median of ${pairs} pairs; target at most 1.10)`;
}
