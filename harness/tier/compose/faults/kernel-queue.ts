import type { ResolvedFault } from "../../../fault/injector.ts";
import type { ComposeFaultContext } from "./context.ts";
import { queueHandle } from "./rules.ts";
import type { Target } from "./target.ts";
import { inNetworkOf, runHelper, toolboxFor } from "./toolbox.ts";

/** A token bucket smaller than a few packets passes nothing at all. */
const MIN_BURST_BYTES = 32 * 1024;

/** Prints every device that could be shaped and has a queue that somebody chose; the default is `noqueue`. */
const OTHERS_QUEUES = `tc qdisc show | grep ' root ' | grep -v ' dev lo ' | grep -v '^qdisc noqueue '; true`;

/**
 * The queueing discipline for this fault as `tc` takes it; null when a queue on the sending side can't do it, when the
 * kernel lacks it, or when somebody else's would be replaced.
 */
export async function kernelQueue(
  context: ComposeFaultContext,
  fault: ResolvedFault,
  target: Target,
): Promise<string | null> {
  if (fault.params.direction !== "out" || fault.peers.length > 0) return null;
  const queue = discipline(fault);
  const toolbox = await toolboxFor(context, target.id);
  // Tried in a namespace that nobody uses.
  const attempt = ["sh", "-c", `tc qdisc add dev lo root ${queue}`];
  const known = await runHelper(toolbox, attempt, { NetworkMode: "none", CapAdd: ["NET_ADMIN"] });
  if (known.exitCode !== 0) return null;
  const others = await inNetworkOf(toolbox, target.id, ["sh", "-c", OTHERS_QUEUES]);
  return others.exitCode === 0 && others.output === "" ? queue : null;
}

function discipline({ kind, params }: ResolvedFault): string {
  if (kind === "latency") {
    return `netem delay ${params.delayMs ?? 0}ms ${params.jitterMs ? `${params.jitterMs}ms` : ""}`.trim();
  }
  return tokenBucket(params.bytesPerSecond ?? 0);
}

/** At most so many bytes a second; what would wait longer than half a second is dropped, and TCP slows down. */
export function tokenBucket(bytesPerSecond: number): string {
  return `tbf rate ${bytesPerSecond}bps burst ${burstOf(bytesPerSecond)} latency 500ms`;
}

/** What may pass at once: of a twentieth of a second, and some packets at least. */
export const burstOf = (bytesPerSecond: number): number =>
  Math.max(MIN_BURST_BYTES, Math.ceil(bytesPerSecond / 20));

/** Puts the queue on every device but loopback, all or none. In `tc`, `bps` are bytes a second. */
export function queueScript(token: string, queue: string): string {
  return `
set -e
for device in $(ip -o link show up | sed -n 's/^[0-9]*: \\([^:@]*\\).*/\\1/p'); do
  [ "$device" = lo ] || tc qdisc add dev "$device" root handle ${queueHandle(token)} ${queue}
done`;
}
