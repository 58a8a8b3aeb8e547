import type { Confirmation, Injector, PreparedFault, ResolvedFault } from "../../../fault/injector.ts";
import { addressesOf, neighbours, serviceAddresses } from "./addresses.ts";
import { CONNECT_PROBE, readConnectProbe } from "./connect-probe.ts";
import type { ComposeFaultContext } from "./context.ts";
import { heldRules, type HeldRules } from "./held-rules.ts";
import { addChains, type Chain, familyOf } from "./rules.ts";
import { confirmEach, runningTargets, type Target } from "./target.ts";

/** So many addresses are tried, to be sure that the rules do what they say. */
const TRIED = 8;
/** Out of so many on its networks. */
const ASKED_FROM = 256;
/** A port nobody listens on (1: tcpmux): reached, it is refused at once; cut off, there is silence. */
const CLOSED_PORT = 1;

/** Who is on either side of a cut, as one target sees it: addresses and networks. */
export interface Surroundings {
  /** The peers' own addresses now. */
  readonly peers: readonly string[];
  /** Networks whose packets the peers pass on. */
  readonly behindPeers: readonly string[];
  /**
   * Networks whose packets the target passes on, and addresses on its own side of the cut: they stay connected with it and
   * with each other. Null: it passes nothing on.
   */
  readonly behindTarget: readonly string[] | null;
}

/** Looks around; asked again while the fault lasts, because peers move. */
export type LookAround = (target: Target, peers: readonly string[]) => Promise<Surroundings>;

/**
 * Packets between the target and its peers are dropped in the target's own network namespace, on open connections too.
 * `look`: needed where targets pass on the packets of others, as nodes do for their pods.
 */
export function partitionInjector(context: ComposeFaultContext, look = containersOnly(context)): Injector {
  return {
    async prepare(fault): Promise<PreparedFault> {
      const targets = await runningTargets(context, fault);
      const cuts = await Promise.all(
        targets.map(async (target) => ({
          ...target,
          held: await heldRules(context, fault, target),
          around: await look(target, fault.peers),
        })),
      );
      let proven = false;
      return {
        undo: cuts.flatMap(({ held }) => held.undo),
        apply: async () => {
          for (const cut of cuts) await cut.held.apply(addChains(cut.held.token, chainsFor(fault, cut)));
        },
        confirm: async () => {
          const answer = await confirmEach(cuts, async (cut) =>
            isCutOff(context, fault, cut, (await look(cut, fault.peers)).peers, proven),
          );
          proven ||= answer.confirmed;
          return answer;
        },
      };
    },
  };
}

/** A container that is cut off, and from whom. */
type Cut = Target & { readonly held: HeldRules; readonly around: Surroundings };

const containersOnly =
  (context: ComposeFaultContext): LookAround =>
  async (_target, peers) => ({
    peers: await serviceAddresses(context, peers),
    behindPeers: [],
    behindTarget: null,
  });

/** No peers means everyone but the target's own loopback and the networks behind it. */
function chainsFor(fault: ResolvedFault, { info, around }: Cut): Chain[] {
  const direction = fault.params.direction ?? "both";
  const peers = [...around.peers, ...around.behindPeers];
  const families =
    fault.peers.length > 0
      ? new Set(peers.map(familyOf))
      : new Set(["iptables" as const, ...addressesOf(info).map(familyOf)]);
  return [...families].flatMap((family) => {
    const ofFamily = (address: string) => familyOf(address) === family;
    const rules = (addressFlag: string) => [
      ...(around.behindTarget ?? []).filter(ofFamily).map((inside) => `${addressFlag} ${inside} -j RETURN`),
      ...(fault.peers.length === 0
        ? ["-j DROP"]
        : peers.filter(ofFamily).map((peer) => `${addressFlag} ${peer} -j DROP`)),
    ];
    const chains: Chain[] = [
      { family, hook: "IN", rules: ["-i lo -j RETURN", ...rules("-s")] },
      { family, hook: "OUT", rules: ["-o lo -j RETURN", ...rules("-d")] },
      { family, hook: "FIN", rules: rules("-s") },
      { family, hook: "FOUT", rules: rules("-d") },
    ];
    return chains.filter(
      ({ hook }) =>
        (around.behindTarget !== null || !hook.startsWith("F")) &&
        direction !== (hook.endsWith("IN") ? "out" : "in"),
    );
  });
}

/** Whom a target without peers must not reach any more. */
async function strangers(context: ComposeFaultContext, info: Target["info"], { behindTarget }: Surroundings) {
  const all = await neighbours(context.docker, info, ASKED_FROM);
  return all.filter((address) => !behindTarget?.includes(address));
}

/** Rules in place for the peers' present addresses; until that was proven once, also that nobody can be reached. */
async function isCutOff(
  context: ComposeFaultContext,
  fault: ResolvedFault,
  { info, held, around }: Cut,
  now: readonly string[],
  proven: boolean,
): Promise<Confirmation> {
  const rules = await held.look();
  if (!rules.confirmed) return rules;
  const moved = now.filter((address) => !around.peers.includes(address));
  if (moved.length > 0) return { confirmed: false, evidence: `a peer has moved to ${moved.join(", ")}` };
  if (proven) return rules;
  const others = fault.peers.length > 0 ? now : await strangers(context, info, around);
  const asked = others.slice(0, TRIED).map((address) => `${address}:${CLOSED_PORT}`);
  if (asked.length === 0) return { confirmed: true, evidence: `${rules.evidence}; nobody else to reach` };
  const answers = readConnectProbe(await held.ask(["node", "-e", CONNECT_PROBE, ...asked]));
  const heard = answers.filter(({ outcome }) => outcome === "connected" || outcome === "ECONNREFUSED");
  return {
    confirmed: answers.length === asked.length && heard.length === 0,
    evidence: `${rules.evidence}; ${answers.map(({ address, outcome }) => `${address} ${outcome}`).join(", ")}`,
  };
}
