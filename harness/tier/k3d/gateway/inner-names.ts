import type { ServiceSpec } from "../../../stack/spec.ts";

/**
 * Names with a dot under which pods know each other, besides those that end in the cluster's domain. The resolver tries them
 * as they are after its search list, so they come out of the cluster while their Service is away (Kubernetes, "DNS for
 * Services and Pods").
 */
export function innerNames(services: readonly ServiceSpec[]): string[] {
  const names = services.flatMap(({ workload }) => {
    if (workload === null || workload.service === null) return [];
    const { service, namespace, name, kind, replicas } = workload;
    const pods =
      kind === "StatefulSet"
        ? Array.from({ length: replicas }, (_, index) => `${name}-${index}.${service}`)
        : [];
    return [
      ...pods,
      ...[service, ...pods].flatMap((one) => [`${one}.${namespace}`, `${one}.${namespace}.svc`]),
    ];
  });
  return [...new Set(names)];
}
