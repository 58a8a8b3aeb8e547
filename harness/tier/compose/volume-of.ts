import type Docker from "dockerode";
import { FiredrillError } from "../../error.ts";
import type { StackSpec } from "../../stack/spec.ts";

/**
 * The volume that a fault means: by its name in the Compose file (or the engine's), or the service's only one.
 * @throws USAGE_FAULT when there is none, or several and no name.
 */
export function volumeOf(
  service: string,
  container: Docker.ContainerInspectInfo,
  spec: StackSpec,
  volume?: string,
): { readonly name: string; readonly mountPath: string } {
  const mounted = container.Mounts.filter(({ Type }) => Type === "volume").map(({ Name, Destination }) => ({
    name: Name ?? "",
    mountPath: Destination,
  }));
  const path = volume === undefined ? undefined : spec.services[service]?.volumes[volume];
  const matches =
    volume === undefined
      ? mounted
      : mounted.filter((mount) => mount.name === volume || mount.mountPath === path);
  const [only] = matches;
  if (only !== undefined && matches.length === 1) return only;
  const names = Object.keys(spec.services[service]?.volumes ?? {});
  throw new FiredrillError(
    "USAGE_FAULT",
    matches.length === 0 ? `"${service}" has no such volume` : `"${service}" has ${matches.length} volumes`,
    {
      received: volume ?? "no volume",
      expected: names.length === 0 ? `a named volume on "${service}"` : `volume: one of ${names.join(", ")}`,
    },
  );
}
