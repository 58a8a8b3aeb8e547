import type { Confirmation, Injector } from "../../../../fault/injector.ts";
import type { Chain } from "../../../compose/faults/rules.ts";
import type { KubeService } from "../../api/objects.ts";
import type { K3dFaultContext } from "../context.ts";
import { heldPod, type HeldPod, toldBy } from "./held-pod.ts";
import { confirmAllPods, networkedPods } from "./pods.ts";
import { applyRules, rulesInPlace } from "./rules-in-pod.ts";

/** Every Kubernetes has this name, and only the cluster's DNS knows it. */
const KNOWN_NAME = "kubernetes.default.svc.cluster.local";
const LOOKUP_LIMIT_MS = 800;
/** `$1`: the name server, `$2`: the name. */
const LOOKUP = `
const { Resolver } = require("node:dns").promises;
const resolver = new Resolver({ timeout: ${LOOKUP_LIMIT_MS}, tries: 1 });
resolver.setServers([process.argv[1]]);
resolver.resolve4(process.argv[2]).then(
  (found) => console.log("answer " + found.join(" ")),
  (error) => console.log("error " + error.code),
);`;
/** How Node reports a resolver's silence; anything else, "no such name" too, is an answer. */
const SILENCE = "error ETIMEOUT";

/**
 * Answers are dropped, not questions: a packet that is dropped on its way out is an error to its sender at once, and a
 * resolver that is down is silent.
 */
const FROM_PORT_53 = ["-p udp --sport 53 -j DROP", "-p tcp --sport 53 -j DROP"];
const CHAINS: readonly Chain[] = [
  { family: "iptables", hook: "IN", rules: FROM_PORT_53 },
  { family: "ip6tables", hook: "IN", rules: FROM_PORT_53 },
];

/** The pods' name look-ups get no answer. */
export function dnsFailureInjector(context: K3dFaultContext): Injector {
  return {
    async prepare(fault) {
      const targets = await networkedPods(context, fault);
      const held = await Promise.all(targets.map((target) => heldPod(context, fault, target)));
      let proven = false;
      return {
        undo: held.flatMap(({ undo }) => undo),
        apply: async () => void (await Promise.all(held.map((it) => applyRules(it, CHAINS, fault.ttlMs)))),
        confirm: async () => {
          const answer = await confirmAllPods(context, held, (it) => isDeaf(context, it, proven));
          proven ||= answer.confirmed;
          return answer;
        },
      };
    },
  };
}

async function isDeaf(context: K3dFaultContext, held: HeldPod, proven: boolean): Promise<Confirmation> {
  const rules = await rulesInPlace(held);
  if (!rules.confirmed || proven) return rules;
  // The cluster's DNS has this name in k3s as elsewhere.
  const { spec } = await context
    .cluster(held.workload.cluster)
    .api.get<KubeService>("/api/v1/namespaces/kube-system/services/kube-dns");
  const asked = ["node", "-e", LOOKUP, spec.clusterIP ?? "", KNOWN_NAME];
  const answer = toldBy("looking a name up", await held.inside(asked));
  return {
    confirmed: answer === SILENCE,
    evidence: `${rules.evidence}; looking up ${KNOWN_NAME}: ${answer}`,
  };
}
