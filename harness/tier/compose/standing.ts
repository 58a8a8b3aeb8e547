import type Docker from "dockerode";
import { LABEL_EXPIRES, LABEL_RUN } from "../../stack/labels.ts";
import type { StandingRun } from "../tier.ts";

/** The runs that have containers, networks or volumes in this engine now, by label, sorted by id. */
export async function standingRuns(docker: Docker): Promise<StandingRun[]> {
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
  return [...runs]
    .map(([runId, objects]) => ({
      runId,
      objects: objects.length,
      expires: objects.find((object) => object[LABEL_EXPIRES] !== undefined)?.[LABEL_EXPIRES] ?? null,
    }))
    .toSorted((a, b) => a.runId.localeCompare(b.runId));
}
