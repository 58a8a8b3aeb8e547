import { checkRoles } from "../check-roles.ts";
import { deepFreeze } from "../deep-freeze.ts";
import type { DynamicRole, ReleaseSpec, StackSpec } from "../spec.ts";
import type { Spot } from "../yaml-source.ts";
import { checkWords } from "./check-words.ts";
import type { ClusterSize } from "./cluster-fields.ts";
import type { KubeObject } from "./objects.ts";
import { placesOf } from "./places.ts";
import { imagesOf } from "./pods.ts";
import { type FoundService, servicesOf } from "./services.ts";
import { ROLE_ANNOTATION, workloadsOf } from "./workloads.ts";

/** A release and the objects that it makes. */
export interface RenderedRelease {
  readonly release: ReleaseSpec;
  readonly objects: readonly KubeObject[];
}

/** Everything that was read from disk to make a stack. */
export interface StackParts {
  readonly name: string;
  readonly file: string;
  readonly clusters: readonly { readonly size: ClusterSize; readonly releases: readonly RenderedRelease[] }[];
  readonly roles: Readonly<Record<string, DynamicRole>>;
  /** Where complaints about clusters and pools point to. */
  readonly spot: Spot;
  /** Where the dynamic roles stand. */
  readonly rolesSpot: Spot;
}

/** The stack as the k3d tier and the scenario need it; pure. @throws USAGE_STACK */
export function assembleStack({ name, file, clusters, roles, spot, rolesSpot }: StackParts): StackSpec {
  const several = clusters.length > 1;
  const found = clusters.flatMap(({ size, releases }): FoundService[] => {
    const objects = releases.flatMap((release) => release.objects);
    const suffix = several ? `.${size.name}` : "";
    return servicesOf(objects, workloadsOf(objects), { name: size.name, suffix });
  });
  if (found.length === 0) {
    spot.fail("nothing runs in this stack", {
      received: "no Deployment, StatefulSet, DaemonSet or Pod",
      expected: 'a chart or manifests with at least one, under "install:" of a cluster',
    });
  }
  const objectOf = new Map(found.map(({ service, object }) => [service.name, object]));
  const services = Object.fromEntries(found.map(({ service }) => [service.name, service]));
  const sizes = clusters.map(({ size }) => size);
  const places = placesOf(sizes);
  checkRoles(services, roles, {
    role: (role) => rolesSpot.at(role),
    service: (service) => objectOf.get(service) ?? spot,
    roleHint: (role) => `the annotation ${ROLE_ANNOTATION}: ${role}`,
  });
  checkWords({ services, roles, places }, spot);
  const kubernetes = {
    clusters: clusters.map(({ size, releases }) => ({
      ...size,
      releases: releases.map(({ release }) => release),
      images: imagesOf(releases.flatMap(({ objects }) => objects)),
    })),
  };
  return deepFreeze({ name, file, services, roles, places, kubernetes });
}
