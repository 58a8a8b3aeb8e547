import { z } from "zod";
import type { ServiceSpec } from "../spec.ts";
import { type KubeObject, readPart } from "./objects.ts";
import type { Workload } from "./workloads.ts";

const serviceSpec = z.object({
  type: z.string().default("ClusterIP"),
  clusterIP: z.string().optional(),
  selector: z.record(z.string(), z.string()).nullish(),
  ports: z
    .array(z.object({ port: z.int().min(1).max(65_535), protocol: z.string().default("TCP") }))
    .default([]),
});

/** A Kubernetes Service that leads to one workload only. */
interface Entrance {
  readonly name: string;
  readonly ports: readonly number[];
}

/** A service of the spec and the object that it was made from. */
export interface FoundService {
  readonly service: ServiceSpec;
  readonly object: KubeObject;
}

/**
 * One service for each workload. A request to it goes through a Kubernetes Service with a cluster address that selects
 * this workload alone: asking one that several share would not say who answers. The service is named after the workload,
 * or after its Service when there is exactly one, so that it answers to the name that the other pods use too.
 * @throws USAGE_STACK when two would have one name.
 */
export function servicesOf(
  objects: readonly KubeObject[],
  workloads: readonly Workload[],
  cluster: { readonly name: string; readonly suffix: string },
): FoundService[] {
  const entrances = entrancesOf(objects, workloads);
  const found = new Map<string, FoundService>();
  for (const workload of workloads) {
    const one = serviceOf(workload, entrances.get(workload) ?? [], cluster);
    const earlier = found.get(one.service.name);
    if (earlier !== undefined) {
      workload.object.fail(`there is already a service "${one.service.name}"`, {
        received: `${earlier.object.kind} ${earlier.object.namespace}/${earlier.object.name} and ${workload.kind} ${workload.object.namespace}/${workload.object.name}`,
        expected: "a name of its own for each workload and for the Service in front of it",
        hint: "rename one of them, or give each a Service with another name",
      });
    }
    found.set(one.service.name, one);
  }
  return [...found.values()];
}

function serviceOf(
  workload: Workload,
  entrances: readonly Entrance[],
  cluster: { readonly name: string; readonly suffix: string },
): FoundService {
  const { object } = workload;
  const same = entrances.find(({ name }) => name === object.name);
  const entrance = same ?? entrances[0];
  const short = entrances.length === 1 && entrance !== undefined ? entrance.name : object.name;
  const name = `${short}${cluster.suffix}`;
  const service: ServiceSpec = {
    name,
    image: workload.image,
    environment: workload.environment,
    dependsOn: [],
    ports: [...new Set(entrance?.ports)].toSorted((a, b) => a - b),
    restart: workload.restart,
    memoryLimitBytes: workload.memoryLimitBytes,
    volumes: workload.volumes,
    role: workload.role ?? short,
    node: name,
    model: null,
    mock: workload.mock,
    workload: {
      cluster: cluster.name,
      namespace: object.namespace,
      kind: workload.kind,
      name: object.name,
      selector: workload.selector,
      replicas: workload.replicas,
      service: entrance?.name ?? null,
    },
  };
  return { service, object };
}

/** The Services that lead to one workload and to no other, by name. */
function entrancesOf(
  objects: readonly KubeObject[],
  workloads: readonly Workload[],
): Map<Workload, Entrance[]> {
  const result = new Map<Workload, Entrance[]>();
  const services = objects.filter(({ kind }) => kind === "Service");
  for (const object of services.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const { type, clusterIP, selector, ports } = readPart(object, ["spec"], serviceSpec);
    // A headless Service has no address that could be routed to.
    if (type === "ExternalName" || clusterIP === "None" || !selector) continue;
    const chosen = workloads.filter((workload) => selects(selector, object.namespace, workload));
    const [only] = chosen;
    if (only === undefined || chosen.length > 1) continue;
    const tcp = ports.filter(({ protocol }) => protocol === "TCP").map(({ port }) => port);
    result.set(only, [...(result.get(only) ?? []), { name: object.name, ports: tcp }]);
  }
  return result;
}

function selects(selector: Record<string, string>, namespace: string, { object, podLabels }: Workload) {
  const wanted = Object.entries(selector);
  return (
    wanted.length > 0 &&
    namespace === object.namespace &&
    wanted.every(([label, value]) => podLabels[label] === value)
  );
}
