import type Docker from "dockerode";
import { FiredrillError } from "../../error.ts";
import { LABEL_RUN, LABEL_TRIAL, labelFilter } from "../../stack/labels.ts";
import type { Clock } from "../../time/clock.ts";
import { statusOf } from "./containers.ts";

/** Engines refuse to remove what another removal is just letting go of; so each object is tried this often. */
const TRIES = 20;
const BETWEEN_TRIES_MS = 250;

/**
 * Removes every container, network and volume of a run (or of one trial) by label alone: no file of the run is needed.
 * Returns what was removed, as `container NAME`, `network NAME`, `volume NAME`.
 * @throws RUN_STACK with what is left, when something resists; the rest is removed all the same.
 */
export async function removeRun(
  docker: Docker,
  clock: Clock,
  runId: string,
  trial?: number,
): Promise<string[]> {
  const labels = { [LABEL_RUN]: runId, ...(trial === undefined ? {} : { [LABEL_TRIAL]: String(trial) }) };
  return removeLabelled(docker, clock, labels);
}

/** The same for whatever carries all of these labels, the run's among them. @throws RUN_STACK with what is left */
export async function removeLabelled(
  docker: Docker,
  clock: Clock,
  labels: Readonly<Record<string, string>> & { readonly [LABEL_RUN]: string },
): Promise<string[]> {
  const filters = labelFilter(labels);
  const removed: string[] = [];
  const left: string[] = [];
  const removeAll = (objects: readonly Removable[]) =>
    Promise.all(
      objects.map(async ({ what, remove }) => {
        const problem = await persist(remove, clock);
        if (problem === null) removed.push(what);
        else left.push(`${what} (${problem})`);
      }),
    );
  await removeAll(await containers(docker, filters));
  await removeAll(await networks(docker, filters));
  await removeAll(await volumes(docker, filters));
  if (left.length === 0) return removed.toSorted();
  throw new FiredrillError("RUN_STACK", "some of the run's objects could not be removed", {
    received: left.join("; "),
    expected: "nothing left of the run",
    hint: `firedrill down ${labels[LABEL_RUN]}`,
  });
}

interface Removable {
  readonly what: string;
  readonly remove: () => Promise<unknown>;
}

type Filters = { readonly label: string[] };

async function containers(docker: Docker, filters: Filters): Promise<Removable[]> {
  const list = await docker.listContainers({ all: true, filters });
  return list.map(({ Id, Names, State }) => ({
    what: `container ${Names[0]?.slice(1) ?? Id}`,
    remove: async () => {
      const container = docker.getContainer(Id);
      // A frozen process does not die before it is thawed (cgroup v1).
      if (State === "paused") await container.unpause().catch(() => undefined);
      await container.remove({ force: true, v: true });
    },
  }));
}

async function networks(docker: Docker, filters: Filters): Promise<Removable[]> {
  const list = await docker.listNetworks({ filters });
  return list.map(({ Id, Name }) => ({
    what: `network ${Name}`,
    remove: () => docker.getNetwork(Id).remove(),
  }));
}

async function volumes(docker: Docker, filters: Filters): Promise<Removable[]> {
  const { Volumes: list } = await docker.listVolumes({ filters });
  return (list ?? []).map(({ Name }) => ({
    what: `volume ${Name}`,
    remove: () => docker.getVolume(Name).remove(),
  }));
}

/** Null when it is gone; else why it is not. */
async function persist(remove: () => Promise<unknown>, clock: Clock): Promise<string | null> {
  let problem = "";
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (attempt > 0) await clock.sleep(BETWEEN_TRIES_MS);
    try {
      await remove();
      return null;
    } catch (error) {
      if (statusOf(error) === 404) return null;
      problem = error instanceof Error ? error.message : String(error);
    }
  }
  return problem;
}
