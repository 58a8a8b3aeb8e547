import type { FaultSpec } from "../scenario/definition.ts";
import { suggest } from "../suggest.ts";
import { FiredrillError } from "../error.ts";
import type { FaultKind } from "./kinds.ts";
import { sameSubjects } from "./mock/overlap.ts";
import { type FaultWindow, overlaps } from "./windows.ts";

/**
 * What two faults that are in effect on one target at once do to each other.
 *
 * - `stack`: both effects are there, and each is undone by itself.
 * - `merge`: both want the same, and having it twice is having it once.
 * - `mask`: one hides the other while both last; each is still undone by itself.
 * - `conflict`: the second would replace the first, or undoing one would undo or spoil the other.
 */
export type Composition = "stack" | "merge" | "mask" | "conflict";

/** Kinds that end the target's processes. */
const BLOWS: readonly FaultKind[] = [
  "kill",
  "crash",
  "stop",
  "node-loss",
  "db-outage",
  "data-loss",
  "pod-kill",
  "node-delete",
];
/** Kinds that set one field of an object: whichever is undone first takes the other's effect away or keeps its own. */
const SETTERS: readonly FaultKind[] = [
  "image-missing",
  "config-corrupt",
  "cordon",
  "drain",
  "taint",
  "gpu-loss",
  "kubelet-stop",
  "runtime-stop",
  "api-outage",
  "cluster-dns-outage",
  "node-memory-pressure",
  "node-disk-pressure",
  "crash-loop",
];
/** Kinds that put a queue or a proxy into the one path of the target's traffic. */
const SHAPERS: readonly FaultKind[] = ["latency", "bandwidth"];
const NETWORK: readonly FaultKind[] = [...SHAPERS, "partition", "dns-failure"];

/** Pairs that the rules below don't settle. */
const EXCEPTIONS: readonly (readonly [FaultKind, FaultKind, Composition])[] = [
  // The backup of the second would be a copy of the emptied volume.
  ["data-loss", "data-loss", "conflict"],
  // Emptying the volume deletes the ballast, and undoing it puts the ballast back.
  ["data-loss", "disk-full", "conflict"],
  // Each saves the limit it found: undone in another order, the first one's limit would stay.
  ["memory-pressure", "memory-pressure", "conflict"],
  // The second finds no room to fill, and has none when the first gives its own back.
  ["disk-full", "disk-full", "conflict"],
  // The one that ends first would wake the target up for both.
  ["pause", "pause", "conflict"],
  // A separate chain of rules for each.
  ["partition", "partition", "stack"],
  ["dns-failure", "dns-failure", "stack"],
  // The look-up never leaves the target's own loopback, which a partition spares.
  ["dns-failure", "partition", "stack"],
  ["cpu-stress", "cpu-stress", "stack"],
  // Which requests each meets decides: see checkComposition.
  ["mock", "mock", "conflict"],
  // A frozen mock can neither take a fault nor give one up.
  ["mock", "pause", "conflict"],
  // Nobody comes to meet it.
  ["mock", "partition", "mask"],
  // Both make the node unschedulable, and the first to end would make it schedulable for both.
  ["cordon", "drain", "conflict"],
];

/** Symmetric: which of the two came first does not matter. */
export function compose(a: FaultKind, b: FaultKind): Composition {
  const exception = EXCEPTIONS.find(([x, y]) => (x === a && y === b) || (x === b && y === a));
  if (exception !== undefined) return exception[2];
  const either = (kinds: readonly FaultKind[]) => kinds.includes(a) || kinds.includes(b);
  const both = (kinds: readonly FaultKind[]) => kinds.includes(a) && kinds.includes(b);
  if (both(BLOWS)) return "merge";
  if (a === b && SETTERS.includes(a)) return "conflict";
  // One root queue, one redirection of a port: the second would silently win or lose.
  if (both(SHAPERS)) return "conflict";
  // The dead and the frozen neither send nor compute.
  if (either(BLOWS) || either(["pause"])) return "mask";
  if (both(NETWORK) && either(["partition"])) return "mask";
  return "stack";
}

/** Two faults of one plan that may not meet. */
export interface Conflict {
  /** Ids, in the plan's order. */
  readonly first: string;
  readonly second: string;
  readonly target: string;
  readonly reason: string;
}

/**
 * Finds pairs that could be in effect at once on one target and conflict (defect D10: two network faults on one link
 * stack, or the plan is rejected; never does one silently replace the other).
 * @param servicesOf every service a role or service name may come to mean; by default just itself.
 * @throws USAGE_FAULT when a fault is anchored to one that does not exist or to itself.
 */
export function checkComposition(
  faults: readonly FaultSpec[],
  servicesOf: (roleOrService: string) => readonly string[] = (name) => [name],
): Conflict[] {
  const windows = faults.map((fault) => windowOf(fault, faults));
  return faults.flatMap((first, at) =>
    faults.slice(at + 1).flatMap((second, offset) => {
      if (compose(first.kind, second.kind) !== "conflict") return [];
      const target = servicesOf(first.on).find((it) => servicesOf(second.on).includes(it));
      if (target === undefined || !meet(first, second, servicesOf)) return [];
      if (!overlaps(windows[at]!, windows[at + 1 + offset]!)) return [];
      return [{ first: first.id, second: second.id, target, reason: reasonOf(first, second, target) }];
    }),
  );
}

function meet(first: FaultSpec, second: FaultSpec, servicesOf: (name: string) => readonly string[]): boolean {
  if (first.kind === "mock" && second.kind === "mock") return sameSubjects(first.params, second.params);
  return shareLink(first, second, servicesOf);
}

function reasonOf(first: FaultSpec, second: FaultSpec, target: string): string {
  const kinds = [first.kind, second.kind];
  if (kinds.every((kind) => kind === "mock"))
    return `both put ${first.params.fault} into ${target} for the same requests, and these meet only the one that was put first; tell them apart by \`scope\``;
  if (kinds.includes("mock"))
    return `${kinds.join(" and ")} on ${target} may be in effect at once, and a frozen mock can neither take a fault nor give one up`;
  return `${kinds.join(" and ")} on ${target} may be in effect at once, and one would override the other`;
}

/** Shapers on one target meet unless their peers are known and different. */
function shareLink(
  first: FaultSpec,
  second: FaultSpec,
  servicesOf: (name: string) => readonly string[],
): boolean {
  if (!SHAPERS.includes(first.kind) || first.from === null || second.from === null) return true;
  const peers = servicesOf(second.from);
  return servicesOf(first.from).some((it) => peers.includes(it));
}

/** The chain of anchors from the baseline to this fault. */
function windowOf(fault: FaultSpec, faults: readonly FaultSpec[]): FaultWindow {
  const chain: { id: string; delayMs: number }[] = [];
  let at = fault;
  for (;;) {
    chain.unshift({ id: at.id, delayMs: at.after.delayMs });
    if (at.after.event === "baseline") return { chain, durationMs: fault.durationMs };
    const anchor = at.after.event.slice("fault:".length);
    const next = faults.find(({ id }) => id === anchor);
    if (next === undefined || chain.length > faults.length) {
      const known = faults.map(({ id }) => id).filter((id) => id !== at.id);
      throw new FiredrillError("USAGE_FAULT", `fault "${at.id}" waits for a fault that never comes`, {
        received: at.after.event,
        expected: `"baseline", or "fault:" and the id of another fault that does not wait for this one`,
        hint: known.length > 0 ? suggest(anchor, known) : 'write after: "baseline"',
      });
    }
    at = next;
  }
}
