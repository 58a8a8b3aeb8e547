import type Docker from "dockerode";
import { LABEL_COMPOSE_ONEOFF, LABEL_COMPOSE_SERVICE, labelFilter } from "../../stack/labels.ts";
import type { Fingerprint } from "../tier.ts";
import { inspectOrNull } from "./containers.ts";

type Inspected = Docker.ContainerInspectInfo;

/**
 * What a stack is made of: containers with image, state and limits, networks with members and aliases, volumes.
 * Ids, addresses, health and times are left out, so a service that was restarted or replaced by an equal one leaves the
 * fingerprint as it was. Everything with these labels counts: a forgotten helper container shows up too.
 */
export async function labelledFingerprint(
  docker: Docker,
  labels: Readonly<Record<string, string>>,
): Promise<Fingerprint> {
  const filters = labelFilter(labels);
  const [list, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  const inspected = await Promise.all(list.map(({ Id }) => inspectOrNull(docker, Id)));
  const containers = inspected.filter((info) => info !== null);
  return sorted([
    ...containers.map((info): [string, string] => [
      `container ${labelledName(info)}`,
      describeContainer(info),
    ]),
    ...networks.map((network): [string, string] => [
      `network ${network.Name}`,
      [network.Driver, network.Internal ? "internal" : "external", ...members(containers, network.Name)].join(
        " ",
      ),
    ]),
    ...(volumes.Volumes ?? []).map((volume): [string, string] => [`volume ${volume.Name}`, volume.Driver]),
  ]);
}

/** The same for containers that a test has made and we do not own, by the names we gave them. */
export async function adoptedFingerprint(
  docker: Docker,
  containers: ReadonlyMap<string, string>,
): Promise<Fingerprint> {
  const entries = await Promise.all(
    [...containers].map(async ([service, id]): Promise<[string, string]> => {
      const info = await inspectOrNull(docker, id);
      if (info === null) return [`container ${service}`, "missing"];
      const attached = Object.keys(info.NetworkSettings.Networks).map(
        (name) => `${name}(${aliases(info, name).join(",")})`,
      );
      return [`container ${service}`, [describeContainer(info), ...attached.toSorted()].join(" ")];
    }),
  );
  return sorted(entries);
}

/** The service's name; a helper of ours or a container of `docker compose run` goes by its own. */
function labelledName({ Config, Name }: Inspected): string {
  const oneOff = Config.Labels[LABEL_COMPOSE_ONEOFF] === "True";
  return (oneOff ? undefined : Config.Labels[LABEL_COMPOSE_SERVICE]) ?? Name.slice(1);
}

function describeContainer({ Image, State, HostConfig: limits }: Inspected): string {
  // -1 and 0 both say "no limit", and without a memory limit the swap limit means nothing.
  const memory = limits.Memory ? `${limits.Memory}/${limits.MemorySwap ?? 0}` : "none";
  const quota = Math.max(0, limits.CpuQuota ?? 0);
  const restart = limits.RestartPolicy?.Name || "no";
  return [
    Image.replace(/^sha256:/, "").slice(0, 12),
    State.Status,
    `memory=${memory}`,
    `cpu=${limits.NanoCpus || 0}/${quota}/${limits.CpuShares || 0}`,
    `pids=${Math.max(0, limits.PidsLimit ?? 0)}`,
    `restart=${restart}`,
  ].join(" ");
}

function members(containers: readonly Inspected[], network: string): string[] {
  return containers
    .filter((info) => info.NetworkSettings.Networks[network] !== undefined)
    .map((info) => `${labelledName(info)}(${aliases(info, network).join(",")})`)
    .toSorted();
}

/** The engine adds the container's short id to its aliases; that one changes with every replacement. */
function aliases(info: Inspected, network: string): string[] {
  const given = (info.NetworkSettings.Networks[network]?.Aliases ?? []) as string[];
  return [...new Set(given)].filter((alias) => !info.Id.startsWith(alias)).toSorted();
}

function sorted(entries: readonly [string, string][]): Fingerprint {
  return Object.fromEntries(entries.toSorted(([a], [b]) => a.localeCompare(b)));
}
