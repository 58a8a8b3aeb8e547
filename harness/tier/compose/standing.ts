import type Docker from "dockerode";
import { LABEL_EXPIRES, LABEL_RUN } from "../../stack/labels.ts";
import type { StandingRun } from "../tier.ts";

/** k3d's own label on everything it makes (k3d v5, pkg/types/labels.go). */
const MADE_BY_K3D = ["app", "k3d"] as const;

/**
 * The runs that have containers, networks or volumes in this engine now, by label, sorted by id. Both real tiers live in one
 * engine: a run is the k3d tier's when k3d has made anything of it.
 */
export async function standingRuns(docker: Docker, tier: "compose" | "k3d"): Promise<StandingRun[]> {
  const filters = { label: [LABEL_RUN] };
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  const labels = [...containers, ...networks, ...(volumes.Volumes ?? [])].map(
    (object) => object.Labels ?? {},
  );
  const runs = Map.groupBy(labels, (object) => object[LABEL_RUN] ?? "");
  const isClusters = (objects: readonly Readonly<Record<string, string>>[]) =>
    objects.some((object) => object[MADE_BY_K3D[0]] === MADE_BY_K3D[1]);
  return [...runs]
    .filter(([, objects]) => isClusters(objects) === (tier === "k3d"))
    .map(([runId, objects]) => ({
      runId,
      objects: objects.length,
      expires: objects.find((object) => object[LABEL_EXPIRES] !== undefined)?.[LABEL_EXPIRES] ?? null,
    }))
    .toSorted((a, b) => a.runId.localeCompare(b.runId));
}
