import { systemClock } from "../../time/system-clock.ts";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Docker from "dockerode";
import type { EventBody } from "../../events/vocabulary.ts";
import { LABEL_RUN, labelFilter } from "../../stack/labels.ts";
import { readComposeFile } from "../../stack/read-compose.ts";
import type { RunningStack, UpContext } from "../tier.ts";
import { composeTier } from "./compose-tier.ts";

/** A folder with a Compose file, a run id of its own, and the events that were emitted. */
export interface Bench extends AsyncDisposable {
  readonly folder: string;
  readonly runId: string;
  readonly events: EventBody[];
  up(more?: Partial<UpContext>): Promise<RunningStack>;
}

/** Writes the files, Compose file among them, into a new folder; disposal removes all that is left of run and folder. */
export async function bench(files: Readonly<Record<string, string>>): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), "fd-compose-tier-"));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  const runId = `test-${randomBytes(4).toString("hex")}`;
  const events: EventBody[] = [];
  return {
    folder,
    runId,
    events,
    async up(more = {}) {
      const spec = await readComposeFile(join(folder, "compose.yaml"));
      return composeTier.up(spec, {
        runId,
        runDir: folder,
        trial: 0,
        seed: 1,
        emit: (event) => void events.push(event),
        signal: new AbortController().signal,
        keepUntil: null,
        times: "production",
        reuse: false,
        clock: systemClock(),
        ...more,
      });
    },
    async [Symbol.asyncDispose]() {
      await composeTier.removeRun(runId);
      await rm(folder, { recursive: true });
    },
  };
}

/** Names of all containers, networks and volumes that carry the run's label. */
export async function leftovers(docker: Docker, runId: string): Promise<string[]> {
  const filters = labelFilter({ [LABEL_RUN]: runId });
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return [
    ...containers.flatMap(({ Names }) => Names),
    ...networks.map(({ Name }) => Name),
    ...(volumes.Volumes ?? []).map(({ Name }) => Name),
  ];
}
