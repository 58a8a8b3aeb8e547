import type { Confirmation, Injector, ResolvedFault } from "../../../../fault/injector.ts";
import { CONNECT_PROBE, readConnectProbe } from "../../../compose/faults/connect-probe.ts";
import { type Chain, familyOf } from "../../../compose/faults/rules.ts";
import type { K3dFaultContext } from "../context.ts";
import { heldPod, type HeldPod, toldBy } from "./held-pod.ts";
import { neighbours, peerAddresses, type PeerAddresses } from "./peers.ts";
import { confirmAllPods, networkedPods, unlessSilent } from "./pods.ts";
import { applyRules, rulesInPlace } from "./rules-in-pod.ts";

/** So many addresses are tried, to be sure that the rules do what they say. */
const TRIED = 8;
/** A port nobody listens on (1: tcpmux): reached, it is refused at once; cut off, there is silence. */
const CLOSED_PORT = 1;

/** Packets between the pods and their peers are dropped in the pods' own network namespaces, on open connections too. */
export function partitionInjector(context: K3dFaultContext): Injector {
  return {
    async prepare(fault) {
      const targets = await networkedPods(context, fault);
      const held = await Promise.all(targets.map((target) => heldPod(context, fault, target)));
      const clusters = new Set(targets.map(({ workload }) => workload.cluster));
      const peers = await peerAddresses(context, fault.peers, clusters);
      let proven = false;
      return {
        undo: held.flatMap(({ undo }) => undo),
        apply: async () => {
          await Promise.all(held.map((it) => applyRules(it, chainsFor(fault, peers.all), fault.ttlMs)));
        },
        confirm: async () => {
          // While the API is silent nobody is moved.
          const now = await unlessSilent(peerAddresses(context, fault.peers, clusters), peers);
          const moved = now.all.filter((address) => !peers.all.includes(address));
          if (moved.length > 0)
            return { confirmed: false, evidence: `a peer has moved to ${moved.join(", ")}` };
          const answer = await confirmAllPods(context, held, (it) =>
            isCutOff(context, fault, it, now, proven),
          );
          proven ||= answer.confirmed;
          return answer;
        },
      };
    },
  };
}

/** @param peers addresses; with a fault without peers everyone but the pod's own loopback is meant */
function chainsFor(fault: ResolvedFault, peers: readonly string[]): Chain[] {
  const direction = fault.params.direction ?? "both";
  const everyone = fault.peers.length === 0;
  return (["iptables", "ip6tables"] as const).flatMap((family) => {
    const those = peers.filter((peer) => familyOf(peer) === family);
    if (!everyone && those.length === 0) return [];
    const rules = (device: string, address: string) => [
      `${device} lo -j RETURN`,
      ...(everyone ? ["-j DROP"] : those.map((peer) => `${address} ${peer} -j DROP`)),
    ];
    return [
      ...(direction === "out" ? [] : [{ family, hook: "IN" as const, rules: rules("-i", "-s") }]),
      ...(direction === "in" ? [] : [{ family, hook: "OUT" as const, rules: rules("-o", "-d") }]),
    ];
  });
}

/** Rules in place; until that was proven once, also that nobody can be reached. */
async function isCutOff(
  context: K3dFaultContext,
  fault: ResolvedFault,
  held: HeldPod,
  peers: PeerAddresses,
  proven: boolean,
): Promise<Confirmation> {
  const rules = await rulesInPlace(held);
  if (!rules.confirmed || proven) return rules;
  const others = fault.peers.length > 0 ? peers.own : await neighbours(context, held, TRIED);
  const asked = others.slice(0, TRIED).map((address) => `${address}:${CLOSED_PORT}`);
  if (asked.length === 0) return { confirmed: true, evidence: `${rules.evidence}; nobody else to reach` };
  const output = toldBy("trying to connect", await held.inside(["node", "-e", CONNECT_PROBE, ...asked]));
  const answers = readConnectProbe(output);
  const heard = answers.filter(({ outcome }) => outcome === "connected" || outcome === "ECONNREFUSED");
  return {
    confirmed: answers.length === asked.length && heard.length === 0,
    evidence: `${rules.evidence}; ${answers.map(({ address, outcome }) => `${address} ${outcome}`).join(", ")}`,
  };
}
