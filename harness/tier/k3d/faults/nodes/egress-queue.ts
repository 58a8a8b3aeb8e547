import { burstOf, tokenBucket } from "../../../compose/faults/kernel-queue.ts";
import { addChains, familyOf, queueHandle } from "../../../compose/faults/rules.ts";

/** The one class of our queue that is slow; what belongs to no class passes at once. */
const SLOW_CLASS = "10";

/**
 * Text for `sh` in a node's network namespace: slows down what leaves by the devices with these addresses, so also what the
 * node passes on for its pods. `towards`: only packets to these addresses and networks; null: all.
 */
export function slowEgress(
  token: string,
  own: readonly string[],
  bytesPerSecond: number,
  towards: readonly string[] | null,
): string {
  const devices = own.map((address) => `$(${deviceOf(address)})`).join(" ");
  const handle = queueHandle(token);
  const queue =
    towards === null
      ? `tc qdisc add dev "$device" root handle ${handle} ${tokenBucket(bytesPerSecond)}`
      : `tc qdisc add dev "$device" root handle ${handle} htb default 0
  tc class add dev "$device" parent ${handle} classid ${handle}${SLOW_CLASS} htb rate ${bytesPerSecond}bps burst ${burstOf(bytesPerSecond)}`;
  return `
set -e
for device in ${devices}; do
  ${queue}
done
${towards === null ? "" : addChains(token, classifying(handle, towards))}`;
}

/** Packets to these get the class; families without an address get no chain. */
function classifying(handle: string, towards: readonly string[]) {
  return [...new Set(towards.map(familyOf))].map((family) => ({
    family,
    hook: "POST" as const,
    rules: towards
      .filter((address) => familyOf(address) === family)
      .map((address) => `-d ${address} -j CLASSIFY --set-class ${handle}${SLOW_CLASS}`),
  }));
}

/** Prints the name of the device that has the address. */
export function deviceOf(address: string): string {
  return `ip -o addr show to ${familyOf(address) === "iptables" ? `${address}/32` : `${address}/128`} | sed 's/^[0-9]*: *\\([^ ]*\\) .*/\\1/'`;
}
