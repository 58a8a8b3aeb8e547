import type Docker from "dockerode";
import { inspectOrNull } from "../containers.ts";
import type { ComposeFaultContext } from "./context.ts";

/** A container's addresses on all its networks, of both families; none while it does not run. */
export function addressesOf(info: Docker.ContainerInspectInfo): string[] {
  return Object.values(info.NetworkSettings.Networks)
    .flatMap(({ IPAddress, GlobalIPv6Address }) => [IPAddress, GlobalIPv6Address])
    .filter((address) => address !== "");
}

/** The addresses of these services now. */
export async function serviceAddresses(
  context: ComposeFaultContext,
  services: readonly string[],
): Promise<string[]> {
  const found = await Promise.all(
    services.map(async (service) => {
      const info = await inspectOrNull(context.docker, await context.containerOf(service));
      return info === null ? [] : addressesOf(info);
    }),
  );
  return found.flat().toSorted();
}

/** IPv4 addresses of others on the container's networks, at most `limit`: somebody to try to reach. */
export async function neighbours(
  docker: Docker,
  info: Docker.ContainerInspectInfo,
  limit: number,
): Promise<string[]> {
  const networks = await Promise.all(
    Object.values(info.NetworkSettings.Networks).map(({ NetworkID }) =>
      docker.getNetwork(NetworkID).inspect(),
    ),
  );
  return networks
    .flatMap((network: Docker.NetworkInspectInfo) => Object.entries(network.Containers ?? {}))
    .filter(([id]) => id !== info.Id)
    .map(([, { IPv4Address }]) => IPv4Address.replace(/\/\d+$/, ""))
    .filter((address) => address !== "")
    .slice(0, limit);
}
