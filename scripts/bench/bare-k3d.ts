import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { K3D_TOOLS_IMAGE, NODE_IMAGE } from "../images/index.ts";
import { resolveImage } from "../../harness/stack/images/index.ts";
import { requireEngine } from "../../harness/tier/compose/engine.ts";
import { requireKubernetesTools } from "../../harness/tier/k3d/tools.ts";
import { controlPlanes, until } from "./until.ts";

const STACK = fileURLToPath(new URL("../../fixtures/stacks/fleet/", import.meta.url));
const CLUSTER = "fd-bench-bare";
const NAMESPACE = "fleet";
/** k3d writes a port of 0 into the kubeconfig as it is. */
const API_PORT = 26_550;
/** As in clusters.yaml: two platform nodes, two for workers, one with a GPU. */
const POOLS = ["platform", "platform", "compute", "compute", "gpu"] as const;

/**
 * What a person would script by hand on Kubernetes: cluster, images, chart, five good seconds, the leader gone, the alarm, three
 * seconds to react, the runbook's commands and waits, five good seconds, three more, the cluster deleted. No record, no
 * verdict, and a port-forward as the way in.
 */
export async function bareK3dFailover(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "firedrill-bare-"));
  const images = await imagesToLoad();
  const { k3d, kubectl, helm } = await requireKubernetesTools();
  const kubeconfig = join(folder, "kubeconfig");
  const env = { KUBECONFIG: kubeconfig, HOME: folder, K3D_IMAGE_TOOLS: images.tools };
  const run = (tool: { readonly path: string }, ...args: string[]) => execa(tool.path, args, { env });
  try {
    await run(k3d, "cluster", "create", CLUSTER, ...createFlags(images.node));
    await run(k3d, "kubeconfig", "merge", CLUSTER, "--output", kubeconfig);
    await loadImages(run.bind(null, k3d), images);
    await offerGpu((...args) => run(kubectl, ...args));
    const install = [
      "install",
      "fleet",
      join(STACK, "chart"),
      "--namespace",
      NAMESPACE,
      "--create-namespace",
    ];
    await run(helm, ...install, "--wait", "--timeout", "180s");
    const inFleet = (...args: string[]) => run(kubectl, "--namespace", NAMESPACE, ...args);
    const forward = execa(
      kubectl.path,
      ["--namespace", NAMESPACE, "port-forward", "service/load-balancer", "28080:8080"],
      { env, reject: false },
    );
    try {
      const fleet = () => controlPlanes("http://127.0.0.1:28080/fleet");
      await until(async () => (await fleet()) >= 2, 5_000);
      const response = await fetch("http://127.0.0.1:28080/leader");
      const { name: leader } = (await response.json()) as { name: string };
      await inFleet("scale", `deployment/${leader}`, "--replicas=0");
      const pods = ["--selector", `app.kubernetes.io/name=${leader}`, "--grace-period=0", "--force"];
      await inFleet("delete", "pod", ...pods);
      await until(async () => (await fleet()) < 2, 0);
      await sleep(3_000);
      // The runbook's own steps: look until somebody leads again for two seconds, find the lost one, start it.
      await run(kubectl, "get", "nodes");
      await inFleet("get", "deployments,pods", "--output", "wide");
      await until(async () => (await fleet()) > 0, 2_000);
      await inFleet("describe", `deployment/${leader}`);
      await inFleet("scale", `deployment/${leader}`, "--replicas=1");
      await inFleet("rollout", "status", `deployment/${leader}`, "--timeout=50s");
      await until(async () => (await fleet()) >= 2, 5_000);
      await sleep(3_000);
    } finally {
      forward.kill("SIGKILL");
      await forward;
    }
  } finally {
    await run(k3d, "cluster", "delete", CLUSTER);
    rmSync(folder, { recursive: true });
  }
}

interface BareImages {
  readonly node: string;
  readonly tools: string;
  /** As the chart names it → as the engine has it. */
  readonly stack: readonly (readonly [string, string])[];
}

async function imagesToLoad(): Promise<BareImages> {
  const { docker } = await requireEngine();
  const signal = AbortSignal.timeout(600_000);
  const use = async (image: string) => (await resolveImage(docker, image, { signal })).use;
  const named = async (image: string, full: string) => [full, await use(image)] as const;
  return {
    node: await use(NODE_IMAGE),
    tools: await use(K3D_TOOLS_IMAGE),
    stack: [
      await named("firedrill.local/stand-ins", "firedrill.local/stand-ins:latest"),
      await named("postgres:15", "docker.io/library/postgres:15"),
    ],
  };
}

function createFlags(image: string): string[] {
  const labels = POOLS.flatMap((pool, index) => [
    "--k3s-node-label",
    `firedrill.dev/pool=${pool}@agent:${index}`,
  ]);
  const kubeconfig = ["--kubeconfig-update-default=false", "--kubeconfig-switch-context=false"];
  return [
    "--servers=1",
    `--agents=${POOLS.length}`,
    `--image=${image}`,
    "--no-lb",
    `--api-port=127.0.0.1:${API_PORT}`,
    "--wait",
    "--timeout=180s",
    ...kubeconfig,
    ...labels,
  ];
}

async function loadImages(k3d: (...args: string[]) => Promise<unknown>, { stack }: BareImages) {
  await k3d("image", "import", ...stack.map(([, use]) => use), "--cluster", CLUSTER, "--mode", "direct");
  const nodes = ["server-0", ...POOLS.map((_, index) => `agent-${index}`)];
  const tags = stack.map(([full, use]) => `ctr -n k8s.io images tag --force ${use} ${full}`).join(" && ");
  await Promise.all(
    nodes.map((node) => execa("docker", ["exec", `k3d-${CLUSTER}-${node}`, "sh", "-c", tags])),
  );
}

/** One GPU on the node of its pool, as a device plug-in would offer it. */
async function offerGpu(kubectl: (...args: string[]) => Promise<unknown>): Promise<void> {
  const node = `k3d-${CLUSTER}-agent-${POOLS.indexOf("gpu")}`;
  const patch = ["capacity", "allocatable"].map((list) => ({
    op: "add",
    path: `/status/${list}/nvidia.com~1gpu`,
    value: "1",
  }));
  const flags = ["--subresource=status", "--type=json", "--patch", JSON.stringify(patch)];
  await kubectl("patch", "node", node, ...flags);
}
