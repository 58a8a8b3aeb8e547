import { randomBytes } from "node:crypto";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { LABEL_POOL } from "./k3d-config.ts";
import { LABEL_RUN, LABEL_TRIAL, labelFilter } from "../../../stack/labels.ts";
import { systemClock } from "../../../time/system-clock.ts";
import { leftovers } from "../../compose/compose-tier.testkit.ts";
import { removeRun } from "../../compose/down.ts";
import { requireEngine } from "../../compose/engine.ts";
import { ensureToolbox } from "../../../stack/images/index.ts";
import type { KubeNode, Lease } from "../api/objects.ts";
import type { TrialClusters } from "./create.ts";
import { createSmall } from "./create.testkit.ts";

const { docker } = await requireEngine();
const signal = new AbortController().signal;

/** A folder and a run id of its own. */
async function place() {
  const folder = await mkdtemp(join(tmpdir(), "fd-create-"));
  return { folder, runId: `create-${randomBytes(4).toString("hex")}` };
}

/** Somebody else's node: the labels that k3d gives, and none of ours. */
async function strangersNode() {
  const container = await docker.createContainer({
    Image: await ensureToolbox(docker, { signal }),
    Entrypoint: [],
    Cmd: ["sleep", "3600"],
    Labels: { app: "k3d", "k3d.cluster": "theirs", "k3d.role": "server" },
  });
  await container.start();
  return container;
}

describe("a cluster of one server and one agent", () => {
  let runId: string;
  let folder: string;
  let theirConfig: string;
  let stranger: Awaited<ReturnType<typeof strangersNode>>;
  let trial: TrialClusters;
  const before = process.env["KUBECONFIG"];

  beforeAll(async () => {
    ({ runId, folder } = await place());
    theirConfig = join(folder, "theirs");
    await writeFile(theirConfig, "current-context: theirs\n");
    process.env["KUBECONFIG"] = theirConfig;
    stranger = await strangersNode();
    trial = await createSmall(runId, folder);
  });
  afterAll(async () => {
    if (before === undefined) delete process.env["KUBECONFIG"];
    else process.env["KUBECONFIG"] = before;
    await trial[Symbol.asyncDispose]();
    await removeRun(docker, systemClock(), runId);
    await stranger.remove({ force: true });
    await rm(folder, { recursive: true });
  });

  it("has all its nodes, with the pools' labels and the profile's heartbeats", async () => {
    const api = trial.clusters[0]!.api;
    const nodes = await api.list<KubeNode>("/api/v1/nodes");
    expect(nodes.map(({ metadata }) => metadata.name).toSorted()).toEqual([
      `k3d-${trial.clusters[0]!.id}-agent-0`,
      `k3d-${trial.clusters[0]!.id}-server-0`,
    ]);
    const agent = nodes.find(({ metadata }) => metadata.name.includes("-agent-"))!;
    expect(agent.metadata.labels).toMatchObject({ [LABEL_POOL]: "worker", zone: "a" });
    // 1 GiB in the kubelet's words: k3d counts a kilobyte as 1000 bytes, the kernel as 1024.
    expect(agent.status.capacity?.["memory"]).toBe("1073741Ki");
    // A node's first heartbeat comes right after it has registered.
    const leases = () => api.list<Lease>("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases");
    await expect
      .poll(async () => (await leases()).map(({ spec }) => spec.leaseDurationSeconds), { timeout: 20_000 })
      .toEqual([12, 12]);
  });

  it("keeps its way in private", async () => {
    expect((await stat(trial.kubeconfig)).mode & 0o777).toBe(0o600);
    expect(await readFile(trial.kubeconfig, "utf8")).toContain("https://127.0.0.1:");
    expect(await readFile(theirConfig, "utf8")).toBe("current-context: theirs\n");
    expect(await readFile(join(folder, "k3d.t1.main.yaml"), "utf8")).not.toMatch(/token/i);
  });

  it("labels everything that it has made", async () => {
    const own = labelFilter({ [LABEL_RUN]: runId, [LABEL_TRIAL]: "1" });
    const containers = await docker.listContainers({ all: true, filters: own });
    const ofCluster = await docker.listContainers({
      all: true,
      filters: labelFilter({ "k3d.cluster": trial.clusters[0]!.id }),
    });
    expect(containers.map(({ Id }) => Id).toSorted()).toEqual(ofCluster.map(({ Id }) => Id).toSorted());
    expect(containers).toHaveLength(2);
    const { Volumes } = await docker.listVolumes({ filters: own });
    expect(Volumes).toHaveLength(2);
  });

  it("gives nodes that come back in another order the addresses they had", async () => {
    const { id } = trial.clusters[0]!;
    const names = [`k3d-${id}-server-0`, `k3d-${id}-agent-0`];
    const addresses = async () =>
      Promise.all(
        names.map(async (name) => {
          const { NetworkSettings } = await docker.getContainer(name).inspect();
          return NetworkSettings.Networks[trial.network.name]?.IPAddress;
        }),
      );
    const planned = [trial.network.nodeAddress(0), trial.network.nodeAddress(1)];
    expect(await addresses()).toEqual(planned);
    for (const name of names) await docker.getContainer(name).kill();
    for (const name of names.toReversed()) await docker.getContainer(name).start();
    expect(await addresses()).toEqual(planned);
  });

  it("goes completely, paused nodes too, and touches nobody else's", async () => {
    await docker.getContainer(`k3d-${trial.clusters[0]!.id}-agent-0`).pause();
    const removed = await removeRun(docker, systemClock(), runId);
    expect(removed).toHaveLength(5);
    expect(await leftovers(docker, runId)).toEqual([]);
    expect((await stranger.inspect()).State.Running).toBe(true);
  });
});

describe("a runner that is killed while it creates", () => {
  let made: Awaited<ReturnType<typeof place>>;
  afterEach(() => rm(made.folder, { recursive: true }));

  it("leaves nothing that its label does not find, and nothing is made afterwards", async () => {
    made = await place();
    const { runId, folder } = made;
    const program = join(import.meta.dirname, "create.testkit.ts");
    const runner = spawn(process.execPath, [program, runId, folder], { stdio: "ignore" });
    const filters = labelFilter({ [LABEL_RUN]: runId });
    await expect
      .poll(async () => (await docker.listContainers({ filters })).length, { timeout: 120_000 })
      .toBeGreaterThan(1);
    runner.kill("SIGKILL");
    await removeRun(docker, systemClock(), runId);
    // Longer than k3d needs between two things that it makes.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await leftovers(docker, runId)).toEqual([]);
  });
});
