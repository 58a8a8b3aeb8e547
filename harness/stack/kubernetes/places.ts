import type { ClusterSpec, PlaceSpec } from "../spec.ts";

/** Every node and cluster by name: servers, agents, then the cluster itself; `NODE.CLUSTER` when there are several. */
export function placesOf(
  clusters: readonly Pick<ClusterSpec, "name" | "servers" | "agents">[],
): Record<string, PlaceSpec> {
  const places = clusters.flatMap(({ name: cluster, servers, agents }): PlaceSpec[] => {
    const node = (short: string, roles: string[]): PlaceSpec => ({
      name: clusters.length > 1 ? `${short}.${cluster}` : short,
      kind: "node",
      roles: [...new Set(roles)],
      cluster,
    });
    return [
      ...Array.from({ length: servers }, (_, index) => node(`server-${index}`, ["server"])),
      ...agents.map(({ pool }, index) => node(`agent-${index}`, ["agent", pool])),
      { name: cluster, kind: "cluster", roles: ["cluster"], cluster },
    ];
  });
  return Object.fromEntries(places.map((place) => [place.name, place]));
}
