import { basename, dirname } from "node:path";
import { z } from "zod";
import { DYNAMIC_ROLE_FIELDS } from "../hints.ts";
import { readFields } from "../read-fields.ts";
import type { DynamicRole } from "../spec.ts";
import { readYaml, type Spot } from "../yaml-source.ts";
import {
  AGENT_FIELDS,
  CLUSTER_FIELDS,
  clusterName,
  clusterShape,
  clusterSize,
  dnsLabel,
  kubernetesRoles,
  type ClusterSize,
} from "./cluster-fields.ts";

/** More clusters than this do not fit on one machine. */
const MAX_CLUSTERS = 5;

const path = z.string().min(1, "must be a path, relative to this file");

const install = z.union(
  [
    z.strictObject({
      chart: path,
      values: z.array(path).default([]),
      namespace: dnsLabel.optional(),
      name: dnsLabel.optional(),
    }),
    z.strictObject({ manifests: path, namespace: dnsLabel.optional(), name: dnsLabel.optional() }),
  ],
  'must be "chart: FOLDER" or "manifests: FILE", each with namespace and name if wanted, a chart also with values',
);

/** A name alone is a cluster of the default size. */
const cluster = z.preprocess(
  (value) => value ?? {},
  z.strictObject({ ...clusterShape, install: z.array(install).default([]) }),
);

const clustersFile = z.strictObject({
  name: dnsLabel.optional(),
  clusters: z
    .record(clusterName, cluster)
    .refine((clusters) => Object.keys(clusters).length > 0, "must describe at least one cluster")
    .refine(
      (clusters) => Object.keys(clusters).length <= MAX_CLUSTERS,
      `must be at most ${MAX_CLUSTERS} clusters`,
    ),
  roles: kubernetesRoles.default({}),
});

const KNOWN = {
  what: "clusters.yaml",
  fields: {
    "": ["name", "clusters", "roles"],
    "clusters.*": [...CLUSTER_FIELDS, "install"],
    "clusters.*.agents.*": AGENT_FIELDS,
    "roles.*": DYNAMIC_ROLE_FIELDS,
  },
};

/** One line under `install`. */
export type InstallLine = z.infer<typeof install> & { readonly spot: Spot };

export interface ClustersDescription {
  readonly name: string;
  readonly clusters: readonly { readonly size: ClusterSize; readonly install: readonly InstallLine[] }[];
  readonly roles: Readonly<Record<string, DynamicRole>>;
  readonly root: Spot;
}

/** Reads the text of a clusters.yaml; charts and manifests are only named. @throws USAGE_STACK with line and column. */
export function parseClustersFile(text: string, file: string): ClustersDescription {
  const { root } = readYaml(text, file, "a description of clusters in YAML");
  const described = readFields(root, clustersFile, KNOWN);
  return {
    name: described.name ?? nameFromFolder(dirname(file)),
    clusters: Object.entries(described.clusters).map(([name, shape]) => ({
      size: clusterSize(name, shape),
      install: shape.install.map((line, index) => ({
        ...line,
        spot: root.at("clusters").at(name).at("install").at(index),
      })),
    })),
    roles: described.roles,
    root,
  };
}

/** A folder's name in the letters that Kubernetes allows for a namespace. */
export function nameFromFolder(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 53)
    .replace(/-+$/, "");
  return name || "stack";
}
