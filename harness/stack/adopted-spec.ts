import type Docker from "dockerode";
import type { ServiceSpec, StackSpec } from "./spec.ts";

type Inspected = Docker.ContainerInspectInfo;

/** Describes adopted containers as a Compose file would have described them. */
export function adoptedSpec(
  members: readonly { readonly service: string; readonly role: string; readonly info: Inspected }[],
): StackSpec {
  const services = members.map(({ service, role, info }): [string, ServiceSpec] => [
    service,
    {
      name: service,
      image: info.Config.Image,
      environment: Object.fromEntries((info.Config.Env ?? []).map(splitVariable)),
      dependsOn: [],
      ports: Object.keys(info.NetworkSettings.Ports)
        .filter((key) => key.endsWith("/tcp"))
        .map((key) => Number.parseInt(key, 10)),
      restart: restartOf(info),
      memoryLimitBytes: info.HostConfig.Memory || null,
      volumes: Object.fromEntries(
        info.Mounts.flatMap(({ Type, Name, Destination }) =>
          Type === "volume" && Name !== undefined ? [[Name, Destination]] : [],
        ),
      ),
      role,
      node: service,
      model: null,
      mock: null,
      workload: null,
    },
  ]);
  return {
    name: "adopted",
    file: "",
    services: Object.fromEntries(services),
    roles: {},
    places: {},
    kubernetes: null,
  };
}

/** Where a container's TCP port is open on this machine now, or null. */
export function hostPort(info: Inspected, port: number): number | null {
  const bindings = info.NetworkSettings.Ports[`${port}/tcp`] ?? [];
  const reachable = bindings.find(({ HostIp }) => ["", "0.0.0.0", "127.0.0.1"].includes(HostIp));
  return reachable === undefined ? null : Number(reachable.HostPort);
}

function splitVariable(variable: string): [string, string] {
  const index = variable.indexOf("=");
  return index < 0 ? [variable, ""] : [variable.slice(0, index), variable.slice(index + 1)];
}

function restartOf({ HostConfig }: Inspected): ServiceSpec["restart"] {
  const policy = HostConfig.RestartPolicy?.Name;
  return policy === "always" || policy === "unless-stopped" || policy === "on-failure" ? policy : "no";
}
