import { isIP } from "node:net";
import { FiredrillError } from "../../../error.ts";

/**
 * Packet filter rules and queues of one fault, in chains of its own, so that several faults stack and each takes only its
 * own away.
 * Everything here is text for `sh` in a helper that shares the target's network namespace.
 */

const HOOKS = {
  IN: ["filter", "INPUT"],
  OUT: ["filter", "OUTPUT"],
  /** What is passed on to others, seen twice: as it comes in and as it goes out. */
  FIN: ["filter", "FORWARD"],
  FOUT: ["filter", "FORWARD"],
  PRE: ["nat", "PREROUTING"],
  POST: ["mangle", "POSTROUTING"],
} as const;

/** Chain names hold at most 28 characters (iptables); these have 16 at most. */
export const chainName = (token: string, hook: keyof typeof HOOKS): string => `FD-${token}-${hook}`;

/** One chain with its rules; `rules` lack the `-A CHAIN`. */
export interface Chain {
  readonly family: "iptables" | "ip6tables";
  readonly hook: keyof typeof HOOKS;
  readonly rules: readonly string[];
}

/** Makes the chains anew, fills them, and puts them before everything else. */
export function addChains(token: string, chains: readonly Chain[]): string {
  const lines = chains.flatMap(({ family, hook, rules }) => {
    const [table, parent] = HOOKS[hook];
    const name = chainName(token, hook);
    return [
      `${family} -w -t ${table} -N ${name}`,
      ...rules.map((rule) => `${family} -w -t ${table} -A ${name} ${rule}`),
      `${family} -w -t ${table} -I ${parent} 1 -j ${name}`,
    ];
  });
  return ["set -e", ...lines].join("\n");
}

/** The handle of the fault's queue on a device; 16 bits, of which 0 and ffff have meanings of their own (tc(8)). */
export const queueHandle = (token: string): string => `1${token.slice(0, 3)}:`;

/** Takes away every chain of the fault with the jumps to it, and its queues. Succeeds when there is none. */
export function removeRules(token: string): string {
  return `
for tables in iptables ip6tables; do for table in filter nat mangle; do
  $tables -w -t $table -S 2>/dev/null | sed -n 's/^-A \\(.* -j FD-${token}-[A-Z]*\\)$/\\1/p' |
    while read -r rule; do $tables -w -t $table -D $rule; done
  $tables -w -t $table -S 2>/dev/null | sed -n 's/^-N \\(FD-${token}-[A-Z]*\\)$/\\1/p' |
    while read -r chain; do $tables -w -t $table -F $chain; $tables -w -t $table -X $chain; done
done; done
tc qdisc show | sed -n 's/^qdisc [a-z]* ${queueHandle(token)} dev \\([^ ]*\\) root .*/\\1/p' |
  while read -r device; do tc qdisc del dev $device root; done`;
}

/** Prints every rule, chain and queue of the fault, the rules with packet counters. */
export function listRules(token: string): string {
  return `
for tables in iptables ip6tables; do for table in filter nat mangle; do
  $tables -w -t $table -S -v 2>/dev/null | grep 'FD-${token}-'
done; done
tc qdisc show | grep ' ${queueHandle(token)} '
true`;
}

/** Sits in the namespace and takes the rules away when the time is up, even if nobody else is left to do it. */
export function keepUntilTtl(token: string, ttlMs: number): string[] {
  return ["sh", "-c", `sleep ${Math.ceil(ttlMs / 1_000)}; ${removeRules(token)}`];
}

/**
 * The tables that an address or a network (`10.42.1.0/24`) belongs to. @throws BUG for text that is neither, which must
 * never reach a shell
 */
export function familyOf(address: string): Chain["family"] {
  const version = isIP(address.replace(/\/\d{1,3}$/, ""));
  if (version === 0)
    throw new FiredrillError("BUG", "a packet filter rule needs an address", { received: address });
  return version === 6 ? "ip6tables" : "iptables";
}
