import { loadMock } from "../../../mocks/registry.ts";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import type Docker from "dockerode";
import type { EventBody } from "../../events/vocabulary.ts";
import { ensureToolbox } from "../../stack/images/index.ts";
import { runLabels } from "../../stack/labels.ts";
import type { AgentSpec, ClusterSpec, ServiceSpec, StackSpec, WorkloadRef } from "../../stack/spec.ts";
import { systemClock } from "../../time/system-clock.ts";
import { removeRun } from "../compose/down.ts";
import { requireEngine } from "../compose/engine.ts";
import type { Cluster, NodeRef } from "./cluster/cluster.ts";
import { createClusters, nodesOfTrial, type TrialClusters } from "./cluster/create.ts";
import { clusterImages, findImage } from "./cluster/images.ts";
import { runTool } from "./cluster/run-tool.ts";
import { sideLoad } from "./cluster/side-load.ts";
import type { KubernetesTimes } from "../tier.ts";
import type { K3dFaultContext } from "./faults/context.ts";
import { locator } from "./faults/locate.ts";
import { requireKubernetesTools } from "./tools.ts";

/** The image of tests' pods; a Debian with Node and a shell. */
export const TEST_IMAGE = "node:24";
const NAMESPACE = "test";
const READY_WITHIN_SECONDS = 120;

export interface TestClusterOptions {
  readonly servers?: number;
  /** Default: two of the pool `worker`. */
  readonly agents?: readonly (Partial<AgentSpec> & { readonly pool: string })[];
  readonly agentMemoryBytes?: number;
  readonly agentDiskBytes?: number;
  /** Names of the clusters; default: `main` alone. All are alike. */
  readonly clusters?: readonly string[];
  readonly times?: KubernetesTimes;
  /** Images that manifests name, besides `node:24`. */
  readonly images?: readonly string[];
  /** YAML, applied to the first cluster in namespace `test` and waited for. */
  readonly manifests?: string;
  /** The services of the spec, by the workloads in the manifests. */
  readonly workloads?: readonly (Pick<WorkloadRef, "kind" | "name"> & Partial<WorkloadRef>)[];
}

/** Real clusters for a test; disposal removes them. */
export interface TestCluster extends AsyncDisposable {
  readonly runId: string;
  /** Everything that is made carries these. */
  readonly labels: Readonly<Record<string, string>>;
  readonly docker: Docker;
  readonly spec: StackSpec;
  readonly trial: TrialClusters;
  readonly clusters: readonly Cluster[];
  readonly nodes: readonly NodeRef[];
  readonly context: K3dFaultContext;
  readonly events: readonly EventBody[];
  /** Runs kubectl against the first cluster and returns what it wrote; throws when it fails. */
  kubectl(...args: readonly string[]): Promise<string>;
}

/** Brings up clusters for a test. `letter` says whose they are. */
export async function testCluster(letter: string, options: TestClusterOptions = {}): Promise<TestCluster> {
  const engine = await requireEngine();
  const { docker } = engine;
  const { k3d, helm, kubectl: client } = await requireKubernetesTools();
  const tools = { k3d: k3d.path, helm: helm.path, kubectl: client.path };
  const signal = new AbortController().signal;
  const events: EventBody[] = [];
  const emit = (event: EventBody) => void events.push(event);
  const runId = `fd${letter}-${randomBytes(4).toString("hex")}`;
  const labels = runLabels({ runId, trial: 1, keepUntil: null });
  const runDir = await mkdtemp(join(tmpdir(), `fd${letter}-`));
  const spec = testSpec(options);
  const specs = spec.kubernetes?.clusters ?? [];
  const remove = async () => {
    await removeRun(docker, systemClock(), runId);
    await rm(runDir, { recursive: true, force: true });
  };
  try {
    const images = await clusterImages(docker, specs, { emit, signal });
    const times = options.times ?? "fast";
    const input = { engine, tools, images, clusters: specs, runId, runDir, trial: 1, labels, times, signal };
    const trial = await createClusters(input);
    const nodes = nodesOfTrial(specs, runId, 1);
    const loaded = await Promise.all(
      [TEST_IMAGE, ...(options.images ?? [])].map(async (image) => ({
        image,
        use: await findImage(docker, image, { emit, signal }),
      })),
    );
    await sideLoad(
      docker,
      nodes.map(({ name }) => name),
      loaded,
      signal,
    );
    const kubectl = async (...args: readonly string[]) => {
      const call = { file: tools.kubectl, args, env: trial.toolEnv, timeoutMs: 150_000, signal };
      const answer = await runTool(call);
      if (!answer.ok) throw new Error(`kubectl ${args.join(" ")}: ${answer.complaint}`);
      return answer.stdout;
    };
    await kubectl("create", "namespace", NAMESPACE);
    if (options.manifests !== undefined) await apply(runDir, options.manifests, kubectl);
    const context: K3dFaultContext = {
      docker,
      runId,
      clock: systemClock(),
      cluster: (name) => {
        const cluster = trial.clusters.find(({ spec: { name: it } }) => it === name);
        if (!cluster) throw new Error(`no cluster ${name}`);
        return cluster;
      },
      locate: locator(spec, trial.clusters),
      mockOf: () => loadMock("llm"),
      toolboxImage: await ensureToolbox(docker, { signal }),
      emit,
    };
    return {
      runId,
      labels,
      docker,
      spec,
      trial,
      clusters: trial.clusters,
      nodes,
      context,
      events,
      kubectl,
      async [Symbol.asyncDispose]() {
        await trial[Symbol.asyncDispose]();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function apply(
  runDir: string,
  manifests: string,
  kubectl: (...args: readonly string[]) => Promise<string>,
): Promise<void> {
  const file = join(runDir, "manifests.yaml");
  await writeFile(file, manifests);
  await kubectl("apply", "-n", NAMESPACE, "-f", file);
  const objects = await kubectl("get", "deployments,statefulsets,daemonsets", "-n", NAMESPACE, "-o", "name");
  for (const object of objects.split("\n").filter((line) => line !== ""))
    await kubectl("rollout", "status", "-n", NAMESPACE, object, `--timeout=${READY_WITHIN_SECONDS}s`);
}

function testSpec(options: TestClusterOptions): StackSpec {
  const names = options.clusters ?? ["main"];
  const agents = (options.agents ?? [{ pool: "worker" }, { pool: "worker" }]).map((agent) => ({
    labels: {},
    gpus: 0,
    ...agent,
  }));
  const clusters: ClusterSpec[] = names.map((name) => ({
    name,
    servers: options.servers ?? 1,
    agents,
    agentMemoryBytes: options.agentMemoryBytes ?? null,
    agentDiskBytes: options.agentDiskBytes ?? null,
    releases: [{ kind: "manifests", name: "test", namespace: NAMESPACE, files: [] }],
    images: [],
  }));
  const several = clusters.length > 1;
  const places = clusters.flatMap((cluster) => {
    const suffix = several ? `.${cluster.name}` : "";
    const node = (role: string, index: number, pool?: string) => ({
      name: `${role}-${index}${suffix}`,
      kind: "node" as const,
      roles: [role, ...(pool === undefined ? [] : [pool])],
      cluster: cluster.name,
    });
    return [
      { name: cluster.name, kind: "cluster" as const, roles: ["cluster"], cluster: cluster.name },
      ...Array.from({ length: cluster.servers }, (_, index) => node("server", index)),
      ...cluster.agents.map(({ pool }, index) => node("agent", index, pool)),
    ];
  });
  const services = (options.workloads ?? []).map((workload) => testService(workload, names[0] ?? "main"));
  return {
    name: "test",
    file: "",
    services: Object.fromEntries(services.map((service) => [service.name, service])),
    roles: {},
    places: Object.fromEntries(places.map((place) => [place.name, place])),
    kubernetes: { clusters },
  };
}

function testService(
  workload: Pick<WorkloadRef, "kind" | "name"> & Partial<WorkloadRef>,
  cluster: string,
): ServiceSpec {
  const { name } = workload;
  return {
    name,
    image: TEST_IMAGE,
    environment: {},
    dependsOn: [],
    ports: [8080],
    restart: "always",
    memoryLimitBytes: null,
    volumes: {},
    role: name,
    node: name,
    model: null,
    mock: null,
    workload: {
      cluster,
      namespace: NAMESPACE,
      selector: { app: name },
      replicas: 1,
      service: name,
      ...workload,
    },
  };
}
