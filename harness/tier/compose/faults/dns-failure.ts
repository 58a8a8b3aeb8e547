import { FiredrillError } from "../../../error.ts";
import type { Confirmation, Injector, PreparedFault } from "../../../fault/injector.ts";
import { addressesOf } from "./addresses.ts";
import type { ComposeFaultContext } from "./context.ts";
import { heldRules, type HeldRules } from "./held-rules.ts";
import { addChains, type Chain, familyOf } from "./rules.ts";
import { confirmEach, runningTargets, type Target } from "./target.ts";

/**
 * The engine's resolver answers containers at 127.0.0.11. Its nat rules change the port, so the address decides; look-ups that
 * go elsewhere are known by their port. Answers are dropped, not questions: a packet that is dropped on its way out is an
 * error to its sender at once, and a resolver that is down is silent.
 */
const RESOLVER = "127.0.0.11";
const LOOKUP_LIMIT_MS = 800;

/** Asks for the name that the engine's resolver certainly knows: the target's own. `$1`: the name. */
const LOOKUP = `
const { Resolver } = require("node:dns").promises;
const resolver = new Resolver({ timeout: ${LOOKUP_LIMIT_MS}, tries: 1 });
resolver.resolve4(process.argv[1]).then(
  (found) => console.log("answer " + found.join(" ")),
  (error) => console.log("error " + error.code),
);`;
/** How Node reports a resolver's silence; anything else, "no such name" too, is an answer. */
const SILENCE = "ETIMEOUT";

/** The target's name look-ups get no answer. */
export function dnsFailureInjector(context: ComposeFaultContext): Injector {
  return {
    async prepare(fault): Promise<PreparedFault> {
      const targets = await runningTargets(context, fault);
      const names = new Map(targets.map((target) => [target.id, knownName(target)]));
      const held = await Promise.all(targets.map((target) => heldRules(context, fault, target)));
      let proven = false;
      return {
        undo: held.flatMap((it) => it.undo),
        apply: async () => {
          for (const it of held) await it.apply(addChains(it.token, chainsFor(it.target)));
        },
        confirm: async () => {
          const answer = await confirmEach(targets, (target) =>
            isDeaf(
              held.find((it) => it.target === target)!,
              names.get(target.id)!,
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

function chainsFor({ info }: Target): Chain[] {
  const fromPort53 = ["-p udp --sport 53 -j DROP", "-p tcp --sport 53 -j DROP"];
  const v4: Chain = { family: "iptables", hook: "IN", rules: [`-s ${RESOLVER} -j DROP`, ...fromPort53] };
  const hasV6 = addressesOf(info).some((address) => familyOf(address) === "ip6tables");
  return hasV6 ? [v4, { family: "ip6tables", hook: "IN", rules: fromPort53 }] : [v4];
}

async function isDeaf(held: HeldRules, name: string, proven: boolean): Promise<Confirmation> {
  const rules = await held.look();
  if (!rules.confirmed || proven) return rules;
  const [word, detail = ""] = (await held.ask(["node", "-e", LOOKUP, name])).split(" ");
  const silent = word === "error" && detail === SILENCE;
  return { confirmed: silent, evidence: `${rules.evidence}; looking up ${name}: ${word} ${detail}` };
}

/** @throws USAGE_FAULT on the engine's default bridge, where containers have no names */
function knownName({ service, info }: Target): string {
  const named = Object.entries(info.NetworkSettings.Networks).find(([network]) => network !== "bridge");
  if (named !== undefined) return info.Name.slice(1);
  throw new FiredrillError("USAGE_FAULT", `"${service}" is on no network with name look-ups`, {
    received: Object.keys(info.NetworkSettings.Networks).join(", ") || "no network",
    expected: "a network of its own, as Compose makes one for every stack",
  });
}
