import type { Confirmation, Injector, PreparedFault, ResolvedFault } from "../../../fault/injector.ts";
import { addressesOf, neighbours, serviceAddresses } from "./addresses.ts";
import { CONNECT_PROBE, readConnectProbe } from "./connect-probe.ts";
import type { ComposeFaultContext } from "./context.ts";
import { heldRules, type HeldRules } from "./held-rules.ts";
import { addChains, type Chain, familyOf } from "./rules.ts";
import { confirmEach, runningTargets, type Target } from "./target.ts";

/** So many addresses are tried, to be sure that the rules do what they say. */
const TRIED = 8;
/** A port nobody listens on (1: tcpmux): reached, it is refused at once; cut off, there is silence. */
const CLOSED_PORT = 1;

/** Packets between the target and its peers are dropped in the target's own network namespace, on open connections too. */
export function partitionInjector(context: ComposeFaultContext): Injector {
  return {
    async prepare(fault): Promise<PreparedFault> {
      const targets = await runningTargets(context, fault);
      const peers = await serviceAddresses(context, fault.peers);
      const held = await Promise.all(targets.map((target) => heldRules(context, fault, target)));
      let proven = false;
      return {
        undo: held.flatMap((it) => it.undo),
        apply: async () => {
          for (const it of held) await it.apply(addChains(it.token, chainsFor(fault, it.target, peers)));
        },
        confirm: async () => {
          const answer = await confirmEach(targets, (target) =>
            isCutOff(
              context,
              fault,
              held.find((it) => it.target === target)!,
              peers,
              proven,
            ),
          );
          proven ||= answer.confirmed;
          return answer;
        },
      };
    },
  };
}

/** @param peers addresses; none means everyone but the target's own loopback */
function chainsFor(fault: ResolvedFault, target: Target, peers: readonly string[]): Chain[] {
  const direction = fault.params.direction ?? "both";
  const families =
    fault.peers.length > 0
      ? new Set(peers.map(familyOf))
      : new Set(["iptables" as const, ...addressesOf(target.info).map(familyOf)]);
  return [...families].flatMap((family) => {
    const those = peers.filter((peer) => familyOf(peer) === family);
    const rules = (interfaceFlag: string, addressFlag: string) => [
      `${interfaceFlag} lo -j RETURN`,
      ...(fault.peers.length === 0 ? ["-j DROP"] : those.map((peer) => `${addressFlag} ${peer} -j DROP`)),
    ];
    return [
      ...(direction === "out" ? [] : [{ family, hook: "IN" as const, rules: rules("-i", "-s") }]),
      ...(direction === "in" ? [] : [{ family, hook: "OUT" as const, rules: rules("-o", "-d") }]),
    ];
  });
}

/** Rules in place for the peers' present addresses; until that was proven once, also that nobody can be reached. */
async function isCutOff(
  context: ComposeFaultContext,
  fault: ResolvedFault,
  held: HeldRules,
  peers: readonly string[],
  proven: boolean,
): Promise<Confirmation> {
  const rules = await held.look();
  if (!rules.confirmed) return rules;
  const now = await serviceAddresses(context, fault.peers);
  const moved = now.filter((address) => !peers.includes(address));
  if (moved.length > 0) return { confirmed: false, evidence: `a peer has moved to ${moved.join(", ")}` };
  if (proven) return rules;
  const others = fault.peers.length > 0 ? now : await neighbours(context.docker, held.target.info, TRIED);
  const asked = others.slice(0, TRIED).map((address) => `${address}:${CLOSED_PORT}`);
  if (asked.length === 0) return { confirmed: true, evidence: `${rules.evidence}; nobody else to reach` };
  const answers = readConnectProbe(await held.ask(["node", "-e", CONNECT_PROBE, ...asked]));
  const heard = answers.filter(({ outcome }) => outcome === "connected" || outcome === "ECONNREFUSED");
  return {
    confirmed: answers.length === asked.length && heard.length === 0,
    evidence: `${rules.evidence}; ${answers.map(({ address, outcome }) => `${address} ${outcome}`).join(", ")}`,
  };
}
