import { FiredrillError } from "../../../../error.ts";
import type { Confirmation, Injector, ResolvedFault } from "../../../../fault/injector.ts";
import { tokenBucket } from "../../../compose/faults/kernel-queue.ts";
import { queueHandle } from "../../../compose/faults/rules.ts";
import type { K3dFaultContext } from "../context.ts";
import { heldPod, type HeldPod, holdRules, toldBy } from "./held-pod.ts";
import { confirmAllPods, networkedPods } from "./pods.ts";

/**
 * Shell function: the name of the node's end of a pod's link. `ip` writes the pod's end as `eth0@if12`: 12 is the number of
 * the other end.
 */
const NODE_END = `
number=$(nsenter -t "$sandbox" -n ip -o link show eth0 | sed -n 's/^[0-9]*: eth0@if\\([0-9]*\\):.*/\\1/p')
node_end=$(ip -o link | sed -n "s/^$number: \\([^:@]*\\).*/\\1/p")`;

/** `$2`: `in`, `out` or `both`; `$3`: the handle; `$4`: the queue. A queue shapes what is sent, on either end. */
const SHAPE = `
set -e
${NODE_END}
[ "$2" = in ] || nsenter -t "$sandbox" -n tc qdisc add dev eth0 root handle $3 $4
[ "$2" = out ] || tc qdisc add dev "$node_end" root handle $3 $4`;
const LIST = `
${NODE_END}
nsenter -t "$sandbox" -n tc qdisc show dev eth0 | grep " $2 " | sed 's/^/out: /'
tc qdisc show dev "$node_end" | grep " $2 " | sed 's/^/in: /'
true`;

/** The kernel's queues at both ends of the pods' links let only so much through. */
export function bandwidthInjector(context: K3dFaultContext): Injector {
  return {
    async prepare(fault) {
      if (fault.peers.length > 0) throw noPeers(fault);
      const targets = await networkedPods(context, fault);
      const held = await Promise.all(targets.map((target) => heldPod(context, fault, target)));
      const direction = fault.params.direction ?? "both";
      return {
        undo: held.flatMap(({ undo }) => undo),
        apply: async () => {
          for (const it of held) {
            await holdRules(it, fault.ttlMs);
            const args = [direction, queueHandle(it.token), tokenBucket(fault.params.bytesPerSecond ?? 0)];
            toldBy("shaping", await it.beside(SHAPE, args));
          }
        },
        confirm: () => confirmAllPods(context, held, (it) => isShaped(it, direction)),
      };
    },
  };
}

async function isShaped(held: HeldPod, direction: "both" | "in" | "out"): Promise<Confirmation> {
  const helper = await held.helperThere();
  if (!helper.confirmed) return helper;
  const listed = toldBy("listing queues", await held.beside(LIST, [queueHandle(held.token)]));
  const wanted = direction === "both" ? ["in", "out"] : [direction];
  const there = wanted.every((way) => listed.includes(`${way}: qdisc `));
  return {
    confirmed: there,
    evidence: there ? `in the kernel: ${listed.replaceAll("\n", ", ")}` : "the queues are gone",
  };
}

function noPeers(fault: ResolvedFault): FiredrillError {
  return new FiredrillError("USAGE_FAULT", "bandwidth shapes all traffic of a pod, not that of some peers", {
    received: `peers ${fault.peers.join(", ")}`,
    expected: "no peers",
    hint: "leave `from` out, or cut the peers off with a partition",
  });
}
