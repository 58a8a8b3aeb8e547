import { FiredrillError } from "../../../../error.ts";
import type { Confirmation, Injector, PreparedFault } from "../../../../fault/injector.ts";
import { addressesOf } from "../../../compose/faults/addresses.ts";
import { CONNECT_PROBE, readConnectProbe } from "../../../compose/faults/connect-probe.ts";
import { heldRules, type HeldRules } from "../../../compose/faults/held-rules.ts";
import { addChains, type Chain, familyOf } from "../../../compose/faults/rules.ts";
import { confirmEach, runningTargets, type Target } from "../../../compose/faults/target.ts";
import type { K3dFaultContext } from "../context.ts";
import { BACK_DOOR } from "../kubectl-in-server.ts";
import { nodesAsContainers, onNodes } from "./node-context.ts";

/** Everybody's way to the API; in rancher/k3s the server's own parts use the second (k3s, pkg/daemons/control). */
const API_PORTS = [6443, 6444];

/**
 * Servers refuse every connection to their API, open ones too, also from their own controllers: a control plane that could
 * still judge nodes by their missing heartbeats would evict pods. One address of the server's loopback stays open, for undo.
 */
export function apiOutageInjector(context: K3dFaultContext): Injector {
  return {
    async prepare(fault): Promise<PreparedFault> {
      const spelled = await onNodes(context, fault);
      const servers = spelled.nodes.filter(({ role }) => role === "server");
      const places = servers.map(({ place }) => place);
      // Agents of a cluster that is hit as a whole have no API to lose.
      const agent = spelled.nodes.find(
        ({ role, cluster }) => role === "agent" && !spelled.clusters.includes(cluster),
      );
      if (agent) {
        throw new FiredrillError("USAGE_SELECTION", `${fault.kind} does not hit "${agent.place}"`, {
          received: "an agent",
          expected: "a server, or a cluster: then all its servers",
        });
      }
      const containers = nodesAsContainers(context, servers);
      const targets = await runningTargets(containers, { ...fault, targets: places });
      const held = await Promise.all(targets.map((target) => heldRules(containers, fault, target)));
      return {
        undo: held.flatMap((it) => it.undo),
        apply: async () => {
          for (const it of held) await it.apply(addChains(it.token, refusals(it.target)));
        },
        confirm: () =>
          confirmEach(
            held.map((it) => ({ ...it.target, held: it })),
            (it) => refuses(it.held),
          ),
      };
    },
  };
}

function refusals({ info }: Target): Chain[] {
  const families = new Set(["iptables" as const, ...addressesOf(info).map(familyOf)]);
  const refuse = `-p tcp -m multiport --dports ${API_PORTS.join()} -j REJECT --reject-with tcp-reset`;
  return [...families].map((family) => ({
    family,
    hook: "IN",
    rules: [...(family === "iptables" ? [`-d ${BACK_DOOR} -j RETURN`] : []), refuse],
  }));
}

/** Asked from inside, where nothing else could be in the way. */
async function refuses(held: HeldRules): Promise<Confirmation> {
  const rules = await held.look();
  if (!rules.confirmed) return rules;
  const asked = ["127.0.0.1", ...addressesOf(held.target.info)].map(
    (address) => `${address}:${API_PORTS[0]}`,
  );
  const answers = readConnectProbe(await held.ask(["node", "-e", CONNECT_PROBE, ...asked]));
  return {
    confirmed: answers.length === asked.length && answers.every(({ outcome }) => outcome === "ECONNREFUSED"),
    evidence: `${rules.evidence}; ${answers.map(({ address, outcome }) => `${address} ${outcome}`).join(", ")}`,
  };
}
