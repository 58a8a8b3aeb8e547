import type { Fingerprint } from "../tier.ts";
import type { World } from "./world.ts";

/**
 * What must be as it was when a trial ends: each service's state and limits, the network's rules, and which volumes there
 * are. Not their content: that changes because the stack works, and whether it may be lost is for the criteria to say.
 */
export function fingerprintOf(world: World): Fingerprint {
  const items: Record<string, string> = {};
  for (const [name, { state, memoryLimitBytes, cpuWaitMs, lost }] of world.containers) {
    const limits = `memory ${memoryLimitBytes ?? "unlimited"}, cpu wait ${cpuWaitMs} ms`;
    items[`service ${name}`] = `${state.state}${lost ? " (node lost)" : ""}, ${limits}`;
  }
  for (const rule of world.rules.all()) items[`network rule ${rule.id}`] = JSON.stringify(rule);
  for (const name of world.volumes.names()) items[`volume ${name}`] = "there";
  return Object.fromEntries(Object.entries(items).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
