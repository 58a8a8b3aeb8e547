import { FiredrillError } from "../error.ts";
import { servicesOfRole } from "./roles.ts";
import type { StackSpec } from "./spec.ts";

/** A question to the clusters as such, asked like a service: `http://cluster/nodes`. */
export type ClusterQuestion =
  | { readonly about: "nodes" | "api"; readonly clusters: readonly string[] }
  | { readonly about: "pods"; readonly clusters: readonly string[]; readonly services: readonly string[] };

const HOST = "cluster";
const PATHS = "/nodes, /api, /pods or /pods?service=<service or role>";

/** Does this host mean clusters: `cluster` all of them, `NAME.cluster` one? A service of that name comes first. */
export function isClusterHost(hostname: string, spec: StackSpec): boolean {
  if (Object.hasOwn(spec.services, hostname)) return false;
  return hostname === HOST || hostname.endsWith(`.${HOST}`);
}

/**
 * What a URL asks the clusters; null: it asks a service. @throws USAGE_SCENARIO when the stack has no such cluster or
 * there is no such question, USAGE_SELECTION when it has no such service.
 */
export function clusterQuestion(url: string, spec: StackSpec): ClusterQuestion | null {
  const { hostname, port, pathname, searchParams } = new URL(url);
  if (!isClusterHost(hostname, spec)) return null;
  const all = spec.kubernetes?.clusters.map(({ name }) => name) ?? [];
  const refuse = (message: string, expected: string) =>
    new FiredrillError("USAGE_SCENARIO", message, { received: url, expected });
  if (all.length === 0) throw refuse(`http://${hostname}/… is answered on k3d only`, "--tier k3d");
  const clusters = hostname === HOST ? all : all.filter((name) => hostname === `${name}.${HOST}`);
  const hosts = [HOST, ...all.map((name) => `${name}.${HOST}`)];
  if (clusters.length === 0) throw refuse(`the stack has no cluster "${hostname}"`, hosts.join(", "));
  if (port !== "") throw refuse("a cluster is asked without a port", `http://${hostname}${pathname}`);
  if (pathname === "/nodes" || pathname === "/api")
    return { about: pathname === "/nodes" ? "nodes" : "api", clusters };
  if (pathname !== "/pods") throw refuse("a cluster has no answer to that", PATHS);
  const word = searchParams.get("service");
  const named = word === null ? Object.keys(spec.services) : servicesOfRole(spec, word);
  const services = named.filter((name) => Object.hasOwn(spec.services, name));
  if (services.length === 0) throw refuse(`"${word}" is no service`, "a service or the role of services");
  return { about: "pods", clusters, services };
}
