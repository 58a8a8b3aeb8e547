import { z } from "zod";
import { dynamicRoles } from "../hints.ts";
import type { AgentSpec, ClusterSpec } from "../spec.ts";
import { quantityBytes } from "./quantity.ts";

/** More agents than this are taken for a mistake: each is a container with a kubelet of its own. */
const MAX_AGENTS = 20;
/** k3d refuses names above 32 characters (k3d v5, pkg/config/validate), and ours begin with `fd-`, 8 digits and `-t1000-`. */
const MAX_CLUSTER_NAME = 14;
/** Words that name nodes and clusters as such. */
const TAKEN = /^(cluster|server|agent|(server|agent)-\d+)$/;

export const dnsLabel = z
  .string()
  .regex(
    /^[a-z]([-a-z0-9]{0,51}[a-z0-9])?$/,
    "must be a short word of small letters, digits and dashes that begins with a letter",
  );

export const clusterName = dnsLabel
  .max(MAX_CLUSTER_NAME, `must have at most ${MAX_CLUSTER_NAME} characters`)
  .refine((name) => !TAKEN.test(name), "must be no word that means a node or every cluster");

const pool = dnsLabel
  .max(30, "must have at most 30 characters")
  .refine((name) => name === "agent" || !TAKEN.test(name), "must be no word that means a node or a cluster");

const bytes = z
  .union([z.string(), z.number()])
  .refine((size) => (quantityBytes(size) ?? 0) > 0, 'must be a size such as "1Gi" or "512Mi"');

/** Kubernetes' rules for labels ("Labels and Selectors", Syntax and character set). */
const labels = z.record(
  z
    .string()
    .regex(
      /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/,
      "must be a label's name",
    ),
  z
    .string('must be text: put a number or true in "quotes"')
    .regex(/^([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)?$/, "must be a label's value"),
);

const agents = z.array(
  z.strictObject({
    pool: pool.default("agent"),
    count: z.int().min(1).max(MAX_AGENTS).default(1),
    gpus: z.int().min(0).max(16).default(0),
    labels: labels.default({}),
  }),
);

/** How large a cluster is. */
export const clusterShape = {
  servers: z.literal([1, 3], "must be 1, or 3 for a control plane with a quorum").default(1),
  agents: agents
    .refine((list) => list.reduce((sum, { count }) => sum + count, 0) <= MAX_AGENTS, {
      error: `must be at most ${MAX_AGENTS} agents in all`,
    })
    .default([{ pool: "agent", count: 2, gpus: 0, labels: {} }]),
  agentMemory: bytes.optional(),
  agentDisk: bytes.optional(),
};

/** Annotation `firedrill.dev/cluster` of a chart. */
export const chartCluster = z.strictObject(clusterShape);
/** Annotation `firedrill.dev/roles` of a chart, and `roles` of clusters.yaml. */
export const kubernetesRoles = dynamicRoles;

export const AGENT_FIELDS = ["pool", "count", "gpus", "labels"] as const;
export const CLUSTER_FIELDS = ["servers", "agents", "agentMemory", "agentDisk"] as const;

/** A cluster without what is installed on it. */
export type ClusterSize = Omit<ClusterSpec, "releases" | "images">;

export function clusterSize(name: string, shape: z.infer<typeof chartCluster>): ClusterSize {
  return {
    name,
    servers: shape.servers,
    agents: shape.agents.flatMap(({ count, ...agent }): AgentSpec[] => Array(count).fill(agent)),
    agentMemoryBytes: shape.agentMemory === undefined ? null : quantityBytes(shape.agentMemory),
    agentDiskBytes: shape.agentDisk === undefined ? null : quantityBytes(shape.agentDisk),
  };
}
