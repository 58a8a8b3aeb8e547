import type { Network } from "./connection.ts";
import { OUTSIDE } from "./rules.ts";

/** How long a name server of the same host takes. */
const LOOK_UP_MS = 0.5;
/** resolv.conf(5): two attempts of five seconds each, when no name server answers. */
const GIVE_UP_MS = 10_000;

/**
 * Looks a name up as `from` would. `found` hears whether there is such a service; after a DNS failure it hears so only
 * when the resolver gives up, by when most callers have.
 */
export function lookUp(network: Network, from: string, name: string, found: (found: boolean) => void): void {
  const known = network.has(name) || name === from;
  if (!known && from !== OUTSIDE) network.noteOutside(from, name);
  const answered = name === from || network.wire.rules.resolves(from, name);
  network.kernel.after(answered ? LOOK_UP_MS : GIVE_UP_MS, () => found(known && answered));
}
