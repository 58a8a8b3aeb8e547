import { readFile, writeFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { isRecord } from "../yaml-source.ts";
import { readStack } from "../read-stack.ts";
import type { ServiceSpec, StackSpec } from "../spec.ts";
import { toolPath } from "../../../scripts/toolchain/build.ts";
import { HELM } from "../../../scripts/toolchain/tools.ts";
import { parseObjects, type KubeObject } from "./objects.ts";
import { helmTemplate } from "./render-chart.ts";

/** The fleet's chart, rendered by the real helm; no cluster is needed. */
const FLEET = join(import.meta.dirname, "../../../fixtures/stacks/fleet");
const CHART = join(FLEET, "chart");

let compose: StackSpec;
let chart: StackSpec;
let objects: KubeObject[];
beforeAll(async () => {
  compose = await readStack(FLEET, "sim");
  chart = await readStack(FLEET, "k3d");
  objects = await rendered("");
});

/** The chart's objects with these lines of values. */
async function rendered(values: string): Promise<KubeObject[]> {
  const folder = await mkdtemp(join(tmpdir(), "values-"));
  try {
    const file = join(folder, "values.yaml");
    await writeFile(file, values);
    const release = {
      kind: "chart",
      name: "fleet",
      namespace: "fleet",
      chart: CHART,
      valuesFiles: [file],
    } as const;
    const text = await helmTemplate(async () => toolPath(HELM))(release);
    return parseObjects(text, { file: CHART, namespace: "fleet" });
  } finally {
    await rm(folder, { recursive: true });
  }
}

const at = (value: unknown, ...path: (string | number)[]): unknown =>
  path.reduce<unknown>(
    (part, key) => (Array.isArray(part) ? part[Number(key)] : isRecord(part) ? part[String(key)] : undefined),
    value,
  );
const find = (list: readonly KubeObject[], kind: string, name: string) =>
  list.find((object) => object.kind === kind && object.name === name)?.body;
const podOf = (list: readonly KubeObject[], name: string) =>
  at(find(list, name === "database" ? "StatefulSet" : "Deployment", name), "spec", "template", "spec");

describe("the chart is the fleet of the Compose file", () => {
  const common = ({ name, role, ports, image, memoryLimitBytes }: ServiceSpec) => ({
    name,
    role,
    ports,
    image,
    memoryLimitBytes,
  });

  it("has the same services, roles, ports, images and memory", () => {
    const sorted = ({ services }: StackSpec) => Object.values(services).map(common).toSorted(byName);
    expect(sorted(chart)).toEqual(sorted(compose));
    expect(chart.roles).toEqual(compose.roles);
  });

  it("gives each service the same settings", () => {
    for (const { name, environment } of Object.values(compose.services)) {
      expect({ name, ...environmentOf(name) }).toMatchObject({ name, ...environment });
    }
  });

  it("reads the same by itself as with clusters.yaml", async () => {
    const alone = await readStack(CHART, "k3d");
    expect({ ...alone, file: "" }).toEqual({ ...chart, file: "" });
  });

  it("carries the backup's scripts as they are", async () => {
    for (const script of ["backup-loop", "restore-latest"]) {
      const text = await readFile(join(FLEET, "backup", script), "utf8");
      expect(at(find(objects, "ConfigMap", "backup-scripts"), "data", script)).toBe(text);
    }
  });

  /** As the kubelet would make it: maps, secrets, then single values with their references. */
  function environmentOf(name: string): Record<string, string> {
    const container = at(podOf(objects, name), "containers", 0);
    const env: Record<string, unknown> = {};
    for (const from of list(at(container, "envFrom"))) {
      Object.assign(
        env,
        at(find(objects, "ConfigMap", String(at(from, "configMapRef", "name"))), "data"),
        at(find(objects, "Secret", String(at(from, "secretRef", "name"))), "stringData"),
      );
    }
    for (const one of list(at(container, "env"))) {
      const secret = find(objects, "Secret", String(at(one, "valueFrom", "secretKeyRef", "name")));
      const value =
        at(one, "value") ?? at(secret, "stringData", String(at(one, "valueFrom", "secretKeyRef", "key")));
      env[String(at(one, "name"))] = String(value).replaceAll(/\$\((\w+)\)/g, (_, key: string) =>
        String(env[key]),
      );
    }
    return env as Record<string, string>;
  }
});

describe("production's care", () => {
  it("every workload is probed, bounded, ranked, and talks to no API", () => {
    for (const name of Object.keys(chart.services)) {
      const pod = podOf(objects, name);
      const container = at(pod, "containers", 0);
      expect(pod, name).toMatchObject({ automountServiceAccountToken: false });
      expect(at(pod, "priorityClassName"), name).toBe(
        name === "database" ? "fleet-critical" : "fleet-standard",
      );
      expect(container, name).toMatchObject({
        readinessProbe: expect.anything(),
        resources: { requests: { cpu: expect.any(String), memory: expect.any(String) } },
      });
      if (name !== "backup") expect(at(container, "livenessProbe"), name).toBeDefined();
    }
  });

  it("only worker-3 asks for a GPU, and says so to its program", () => {
    const gpus = Object.keys(chart.services).filter(
      (name) => at(podOf(objects, name), "containers", 0, "resources", "limits", "nvidia.com/gpu") === 1,
    );
    expect(gpus).toEqual(["worker-3"]);
  });

  it("bounds disruptions, unless it is told not to", async () => {
    const budget = (name: string) => at(find(objects, "PodDisruptionBudget", name), "spec");
    expect(budget("control-plane")).toMatchObject({ minAvailable: 1 });
    expect(budget("worker")).toMatchObject({ minAvailable: 2 });
    expect(budget("database")).toMatchObject({ maxUnavailable: 0 });
    const without = await rendered("pdb: { enabled: false }");
    expect(without.filter(({ kind }) => kind === "PodDisruptionBudget")).toEqual([]);
    expect(without).toHaveLength(objects.length - 3);
  });

  it("keeps the control planes apart, unless it is told not to", async () => {
    const apart = {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          {
            topologyKey: "kubernetes.io/hostname",
            labelSelector: { matchLabels: { "app.kubernetes.io/component": "control-plane" } },
          },
        ],
      },
    };
    const without = await rendered("antiAffinity: { enabled: false }");
    for (const name of ["control-plane-1", "control-plane-2"]) {
      expect(at(podOf(objects, name), "affinity")).toMatchObject(apart);
      expect(podOf(without, name)).not.toHaveProperty("affinity");
    }
  });

  it("ranks the database as it is told to, down to no rank at all", async () => {
    const ranked = async (given: string) =>
      at(podOf(await rendered(`database: { priorityClass: "${given}" }`), "database"), "priorityClassName");
    expect(await ranked("standard")).toBe("fleet-standard");
    expect(await ranked("")).toBeUndefined();
  });
});

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
