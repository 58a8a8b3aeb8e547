import type { OutsideTally } from "../outside.ts";
import type { GatewayCounters } from "./gateway.ts";

/** What the sink saw as attempts to reach the outside, in words too. */
export function sinkTally({ names, connections }: GatewayCounters): OutsideTally {
  const listed = Object.entries(names).map(([name, count]) => `${name} (${count})`);
  return {
    attempts: total(names) + total(connections),
    detail: [
      listed.length === 0 ? "no outside names asked for" : `outside names asked for: ${listed.join(", ")}`,
      `${total(connections)} connections to the sink`,
    ].join("; "),
  };
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
