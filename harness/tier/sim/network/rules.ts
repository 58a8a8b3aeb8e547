/** What a rule does to the messages that it matches. */
export type Effect =
  | { readonly kind: "cut" }
  | { readonly kind: "delay"; readonly delayMs: number; readonly jitterMs: number }
  | { readonly kind: "no-names" };

/**
 * A disturbance of the network, as seen from its targets. `peers` is the other side; empty means everyone else:
 * every other service (another target too) and `outside`, the operator and the users, who come through the host.
 */
export interface NetworkRule {
  readonly id: string;
  readonly targets: readonly string[];
  readonly peers: readonly string[];
  /** As the targets see it: what they send (`out`), what they receive (`in`), or both. */
  readonly direction: "both" | "in" | "out";
  readonly effect: Effect;
}

/** The name under which probes, workloads and operators stand on the network. */
export const OUTSIDE = "outside";

/** The rules in force. */
export class NetworkRules {
  readonly #rules = new Map<string, NetworkRule>();

  add(rule: NetworkRule): void {
    this.#rules.set(rule.id, rule);
  }

  /** Removing a rule that is gone is no error: undo is idempotent. */
  remove(id: string): void {
    this.#rules.delete(id);
  }

  get(id: string): NetworkRule | undefined {
    return this.#rules.get(id);
  }

  all(): readonly NetworkRule[] {
    return [...this.#rules.values()];
  }

  cuts(from: string, to: string): boolean {
    return this.all().some((rule) => rule.effect.kind === "cut" && matches(rule, from, to));
  }

  /** Delays add up where several rules match. */
  delays(from: string, to: string): readonly Extract<Effect, { kind: "delay" }>[] {
    return this.all().flatMap((rule) =>
      rule.effect.kind === "delay" && matches(rule, from, to) ? [rule.effect] : [],
    );
  }

  /** Can `from` look up the name `to`? */
  resolves(from: string, to: string): boolean {
    const fails = (rule: NetworkRule) =>
      rule.targets.includes(from) && (rule.peers.length === 0 || rule.peers.includes(to));
    return !this.all().some((rule) => rule.effect.kind === "no-names" && fails(rule));
  }
}

function matches(rule: NetworkRule, from: string, to: string): boolean {
  if (from === to) return false;
  const between = (target: string, peer: string) =>
    rule.targets.includes(target) && (rule.peers.length === 0 || rule.peers.includes(peer));
  return (rule.direction !== "in" && between(from, to)) || (rule.direction !== "out" && between(to, from));
}
