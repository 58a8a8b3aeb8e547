import { FiredrillError } from "../../../error.ts";
import { inNetworkOf, type Toolbox } from "../../compose/faults/toolbox.ts";
import type { OutsideTally } from "../../compose/outside.ts";

/** Of our chains and our list of destinations in a node's network namespace. */
const CHAIN = "FD-OUTSIDE";
const COUNTING = new RegExp(`^-A ${CHAIN} -c (\\d+) \\d+\\s*$`, "m");
/** Addresses that are never outside: loopback, multicast, broadcast. */
const NEVER_OUTSIDE = ["127.0.0.0/8", "224.0.0.0/4", "255.255.255.255/32"];
/** Where the kernel shows what its `recent` match has noted (iptables-extensions(8)). */
const NOTED = `/proc/net/xt_recent/${CHAIN}`;
const NAMED_IN_DETAIL = 10;

/** A node whose way out is watched. */
export interface GuardedNode {
  /** As people call it: `agent-1`. */
  readonly place: string;
  readonly containerId: string;
}

/** What these running nodes have refused since each last came up. A node that went away while it was asked is named. */
export async function countOutside(toolbox: Toolbox, nodes: readonly GuardedNode[]): Promise<OutsideTally> {
  const tallies = await Promise.all(
    nodes.map(async ({ place, containerId }) => {
      try {
        const script = `iptables -w -t mangle -S ${CHAIN} -v && cat ${NOTED} 2>/dev/null || true`;
        return {
          place,
          ...readTally((await inNetworkOf(toolbox, containerId, ["sh", "-c", script])).output),
        };
      } catch {
        // It went away just now.
        return { place, attempts: null, destinations: [] };
      }
    }),
  );
  return {
    attempts: tallies.reduce((sum, { attempts }) => sum + (attempts ?? 0), 0),
    detail: tallies.map(describe).join(", "),
  };
}

/**
 * For `sh` in a node's network namespace: refuse what goes to anything but `inner`, and count it. Nothing would come back
 * anyhow, as the clusters' network is not masqueraded; the refusal makes it quick, and the counting tells it.
 *
 * Counted in `mangle`, where nobody else puts rules: in `filter` those of kube-proxy and of network policies may come
 * before ours and accept a packet. Every packet counts as an attempt: a refused one is not repeated. Run again it only sets
 * the counts back.
 */
export function guardScript(inner: readonly string[]): string {
  const passes = [...NEVER_OUTSIDE, ...inner.map(checked)].map((range) => `-d ${range} -j RETURN`);
  const chain = (table: string, last: readonly string[]) => [
    `iptables -w -t ${table} -N ${CHAIN}`,
    ...[...passes, ...last].map((rule) => `iptables -w -t ${table} -A ${CHAIN} ${rule}`),
    ...["FORWARD", "OUTPUT"].map((hook) => `iptables -w -t ${table} -I ${hook} 1 -j ${CHAIN}`),
  ];
  return [
    `if iptables -w -t filter -S ${CHAIN} >/dev/null 2>&1; then`,
    // A warm node: what an earlier stack attempted is not this one's.
    `  iptables -w -t mangle -Z ${CHAIN}`,
    `  [ ! -e ${NOTED} ] || echo / > ${NOTED}`,
    "  exit 0",
    "fi",
    "set -e",
    // A rule without a target only counts.
    ...chain("mangle", [""]),
    // Nodes call each other by name. While one is down Docker's resolver does not know it and asks the machine's own, from
    // within the node: refused like all else, but no attempt of the stack's.
    ...["udp", "tcp"].map((way) => `iptables -w -t mangle -I OUTPUT 1 -p ${way} --dport 53 -j ACCEPT`),
    // Where to is told if the kernel has this match.
    `iptables -w -t mangle -A ${CHAIN} -m recent --name ${CHAIN} --rdest --set || true`,
    ...chain("filter", ["-j REJECT --reject-with icmp-net-unreachable"]),
  ].join("\n");
}

/** Packets that ran through to the end of our chain, and where to; null attempts: the node has no such chain. */
export function readTally(output: string): {
  readonly attempts: number | null;
  readonly destinations: readonly string[];
} {
  // `-S -v` puts a rule's counters last, as packets and bytes; the one that counts has nothing else.
  const [, packets] = COUNTING.exec(output) ?? [];
  const attempts = packets === undefined ? null : Number(packets);
  const destinations = [...output.matchAll(/^src=(\S+)/gm)].map(([, address = ""]) => address);
  return { attempts, destinations: destinations.toSorted() };
}

function describe(tally: {
  readonly place: string;
  readonly attempts: number | null;
  readonly destinations: readonly string[];
}): string {
  const { place, attempts, destinations } = tally;
  if (attempts === null) return `${place}: not watched`;
  if (attempts === 0) return `${place}: none`;
  const named = destinations.slice(0, NAMED_IN_DETAIL).join(", ");
  const more =
    destinations.length > NAMED_IN_DETAIL ? ` and ${destinations.length - NAMED_IN_DETAIL} more` : "";
  return `${place}: ${attempts} refused${named === "" ? "" : ` (to ${named}${more})`}`;
}

/** An IPv4 range. @throws BUG for anything else, which must never reach a shell */
function checked(range: string): string {
  if (/^\d{1,3}(\.\d{1,3}){3}(\/\d{1,2})?$/.test(range)) return range;
  throw new FiredrillError("BUG", "a packet filter rule needs an address range", { received: range });
}
