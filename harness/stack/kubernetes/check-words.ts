import type { DynamicRole, PlaceSpec, ServiceSpec } from "../spec.ts";
import type { Spot } from "../yaml-source.ts";

/** What is checked against each other, and where a complaint about a place points to. */
export interface StackWords {
  readonly services: Readonly<Record<string, ServiceSpec>>;
  readonly roles: Readonly<Record<string, DynamicRole>>;
  readonly places: Readonly<Record<string, PlaceSpec>>;
}

/**
 * `on: "worker"` must not mean three services to one reader and two nodes to another: no word for a node or cluster is
 * also one for a service. No cluster is named like another's pool.
 * @throws USAGE_STACK
 */
export function checkWords(stack: StackWords, spot: Pick<Spot, "fail">): void {
  const ofServices = new Map<string, string>();
  for (const { name, role } of Object.values(stack.services)) {
    ofServices.set(role, `the role of service ${name}`).set(name, "a service");
  }
  for (const role of Object.keys(stack.roles)) ofServices.set(role, "a dynamic role");
  for (const place of Object.values(stack.places)) {
    for (const word of [place.name, ...place.roles]) {
      const other = ofServices.get(word);
      const ofPlace =
        word === place.name ? `a ${place.kind}` : `what ${place.kind} ${place.name} is or belongs to`;
      if (other !== undefined) {
        spot.fail(`"${word}" has two meanings`, {
          received: `${other}, and ${ofPlace}`,
          expected: "different words for services and for nodes, pools and clusters",
          hint: `rename the ${place.kind === "cluster" ? "cluster" : "pool"}, or give the service another firedrill.dev/role`,
        });
      }
      if (place.kind === "node" && word !== place.name && stack.places[word] !== undefined) {
        spot.fail(`"${word}" is a pool and also a ${stack.places[word].kind}`, {
          received: word,
          expected: "a name of its own for each pool and cluster",
        });
      }
    }
  }
}
