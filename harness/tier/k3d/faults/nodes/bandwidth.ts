import { FiredrillError } from "../../../../error.ts";
import type { Confirmation, Injector, PreparedFault, ResolvedFault } from "../../../../fault/injector.ts";
import type { UndoAction } from "../../../../fault/undo.ts";
import { addressesOf } from "../../../compose/faults/addresses.ts";
import { heldRules } from "../../../compose/faults/held-rules.ts";
import type { Surroundings } from "../../../compose/faults/partition.ts";
import { runningTargets, type Target } from "../../../compose/faults/target.ts";
import { faultToken, toolboxFor } from "../../../compose/faults/toolbox.ts";
import type { NodeRef } from "../../cluster/cluster.ts";
import type { K3dFaultContext } from "../context.ts";
import { slowEgress } from "./egress-queue.ts";
import { hostQueue } from "./host-queue.ts";
import { nodesAsContainers, type NodeFault, onNodes } from "./node-context.ts";
import { aroundNodes } from "./surroundings.ts";

/** One queue of a fault. */
interface Shaper {
  readonly place: string;
  readonly undo: readonly UndoAction[];
  apply(): Promise<void>;
  look(): Promise<Confirmation>;
}

/**
 * Queues of the kernel where packets leave: what a node sends, at its own device; what it receives from everyone, at the
 * engine's end of its cable; what it receives from peers, at each peer's device, so each of them may send as much.
 */
export function bandwidthInjector(context: K3dFaultContext): Injector {
  return {
    async prepare(fault): Promise<PreparedFault> {
      const spelled = await onNodes(context, fault);
      const peers = await peerNodes(context, fault, spelled.nodes);
      const { direction = "both" } = fault.params;
      const out = direction === "in" ? [] : await outgoing(context, spelled, fault.peers);
      const inward = direction === "out" ? [] : await incoming(context, spelled, peers);
      const shapers = [...out, ...inward];
      return {
        undo: shapers.flatMap(({ undo }) => undo),
        apply: async () => {
          for (const shaper of shapers) await shaper.apply();
        },
        confirm: async () => {
          const answers = await Promise.all(shapers.map(({ look }) => look()));
          return {
            confirmed: answers.every(({ confirmed }) => confirmed),
            evidence: answers.map(({ evidence }, at) => `${shapers[at]?.place}: ${evidence}`).join("; "),
          };
        },
      };
    },
  };
}

/** What the targets send, to everyone or to the peers. */
async function outgoing(context: K3dFaultContext, spelled: NodeFault, peers: readonly string[]) {
  const look = aroundNodes(context, spelled);
  return shapersAt(context, spelled.nodes, spelled.fault, async (target) =>
    peers.length === 0 ? null : everyone(await look(target, peers)),
  );
}

/** What the targets receive, from everyone or from the peers. */
async function incoming(context: K3dFaultContext, spelled: NodeFault, peers: readonly NodeRef[]) {
  if (peers.length === 0) return Promise.all(await queuesBefore(context, spelled));
  const places = spelled.nodes.map(({ place }) => place);
  const reversed = { ...spelled, nodes: peers, clusters: [], fault: { ...spelled.fault, peers: places } };
  const look = aroundNodes(context, reversed);
  return shapersAt(context, peers, spelled.fault, async (peer) => everyone(await look(peer, places)));
}

const everyone = ({ peers, behindPeers }: Surroundings): string[] => [...peers, ...behindPeers];

/** A queue at the device of each of these nodes. `towards`: whom its packets must go to; null: anyone. */
async function shapersAt(
  context: K3dFaultContext,
  nodes: readonly NodeRef[],
  fault: ResolvedFault,
  towards: (target: Target) => Promise<readonly string[] | null>,
): Promise<Shaper[]> {
  const containers = nodesAsContainers(context, nodes);
  const targets = await runningTargets(containers, { ...fault, targets: nodes.map(({ place }) => place) });
  return Promise.all(
    targets.map(async (target): Promise<Shaper> => {
      const held = await heldRules(containers, fault, target);
      const whom = await towards(target);
      const rate = fault.params.bytesPerSecond ?? 0;
      const script = slowEgress(held.token, addressesOf(target.info), rate, whom);
      const words = `${rate} bytes a second to ${whom === null ? "everyone" : whom.join(", ")}`;
      return {
        place: target.service,
        undo: held.undo,
        apply: () => held.apply(script),
        look: async () => {
          const { confirmed, evidence } = await held.look();
          return { confirmed, evidence: confirmed ? `${words}, ${evidence}` : evidence };
        },
      };
    }),
  );
}

async function queuesBefore(context: K3dFaultContext, { nodes, fault }: NodeFault) {
  const containers = nodesAsContainers(context, nodes);
  const targets = await runningTargets(containers, fault);
  return targets.map(async (target): Promise<Shaper> => {
    // Not the token of the queue behind the same cable.
    const token = faultToken(containers, `${fault.id}/in`, target.id);
    const queue = await hostQueue(await toolboxFor(containers, target.id), target, token);
    return {
      place: target.service,
      undo: queue.undo,
      look: queue.look,
      apply: () => queue.apply(fault.params.bytesPerSecond ?? 0, fault.ttlMs),
    };
  });
}

/** The nodes on the other side. @throws USAGE_SELECTION for a service: it has no device of its own among nodes */
async function peerNodes(
  context: K3dFaultContext,
  fault: ResolvedFault,
  targets: readonly NodeRef[],
): Promise<NodeRef[]> {
  const located = await Promise.all(fault.peers.map((peer) => context.locate(peer)));
  const nodes = located.flatMap((peer) => {
    if (peer.kind !== "service") return peer.kind === "node" ? [peer.node] : peer.nodes;
    throw new FiredrillError(
      "USAGE_SELECTION",
      `a slow link of a node can't end at the service "${peer.name}"`,
      {
        received: `${fault.kind} from ${peer.name}`,
        expected: "nodes or clusters on both sides",
        hint: "slow the service down instead, or name the node it runs on",
      },
    );
  });
  return nodes.filter(({ name }) => !targets.some((target) => target.name === name));
}
