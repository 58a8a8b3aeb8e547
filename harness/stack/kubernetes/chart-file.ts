import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DYNAMIC_ROLE_FIELDS } from "../hints.ts";
import { readFields } from "../read-fields.ts";
import type { DynamicRole } from "../spec.ts";
import { readYaml, show, type Spot } from "../yaml-source.ts";
import {
  AGENT_FIELDS,
  chartCluster,
  CLUSTER_FIELDS,
  clusterSize,
  kubernetesRoles,
  type ClusterSize,
} from "./cluster-fields.ts";

/** The cluster's size as YAML, for a chart without a clusters.yaml: `servers: 1`, `agents: […]`. */
const CLUSTER_ANNOTATION = "firedrill.dev/cluster";
/** Dynamic roles as YAML. */
const ROLES_ANNOTATION = "firedrill.dev/roles";
/** The one cluster of a chart or manifests alone. */
export const ONLY_CLUSTER = "main";

/** What a Chart.yaml says of a stack that consists of this chart. */
export interface ChartFile {
  readonly name: string;
  readonly cluster: ClusterSize;
  readonly roles: Readonly<Record<string, DynamicRole>>;
  readonly root: Spot;
  readonly rolesSpot: Spot;
}

/** Reads the Chart.yaml of a folder, or returns null when there is none. @throws USAGE_STACK */
export async function readChartFile(folder: string): Promise<ChartFile | null> {
  const file = join(folder, "Chart.yaml");
  const text = await readFile(file, "utf8").catch(() => null);
  return text === null ? null : parseChartFile(text, file);
}

export function parseChartFile(text: string, file: string): ChartFile {
  const { root } = readYaml(text, file, "a chart's description in YAML");
  const name = root.at("name");
  if (typeof name.value !== "string" || name.value === "") {
    name.fail("the chart has no name", {
      received: show(name.value),
      expected: 'a line such as "name: fleet"',
    });
  }
  const cluster = annotation(root, CLUSTER_ANNOTATION, file);
  const roles = annotation(root, ROLES_ANNOTATION, file);
  return {
    name: String(name.value),
    cluster: clusterSize(
      ONLY_CLUSTER,
      readFields(cluster, chartCluster, {
        what: CLUSTER_ANNOTATION,
        fields: { "": CLUSTER_FIELDS, "agents.*": AGENT_FIELDS },
      }),
    ),
    roles: readFields(roles, kubernetesRoles, {
      what: ROLES_ANNOTATION,
      fields: { "*": DYNAMIC_ROLE_FIELDS },
    }),
    root,
    rolesSpot: roles,
  };
}

/** The YAML inside an annotation; lines in complaints are counted from its own beginning. */
function annotation(root: Spot, key: string, file: string): Spot {
  const spot = root.at("annotations").at(key);
  if (spot.value !== undefined && typeof spot.value !== "string") {
    return spot.fail("an annotation is text", {
      received: show(spot.value),
      expected: `"${key}: |" and YAML below it`,
    });
  }
  return readYaml(spot.value ?? "", `${file}, annotation ${key}`, "YAML in the annotation").root;
}
