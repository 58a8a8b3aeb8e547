import type Docker from "dockerode";
import { describe, expect, test } from "vitest";
import { KubeSilence } from "../api/kube-api.ts";
import { clusterFingerprint } from "./fingerprint.ts";
import { kubeNode, kubePod, stackOf, stagedApi } from "./watch.testkit.ts";

/** An engine that has nothing; the engine's half has its own tests in the compose tier. */
const EMPTY = {
  listContainers: async () => [],
  listNetworks: async () => [],
  listVolumes: async () => ({ Volumes: [] }),
} as unknown as Docker;

const named = (name: string, rest: object) => ({
  metadata: { name, namespace: "shop", uid: Math.random().toString(), resourceVersion: "1" },
  ...rest,
});
const web = (image = "web:1", metadata = {}) =>
  named("web", { spec: { replicas: 2, template: { metadata, spec: { containers: [{ image }] } } } });

type Lists = Readonly<Record<string, readonly unknown[]>>;
const GOOD: Lists = {
  nodes: [kubeNode("k3d-x-agent-0")],
  deployments: [web()],
  secrets: [named("password", { type: "Opaque", data: { password: "c2VzYW1l" } })],
  persistentvolumes: [
    named("pvc-1234", {
      spec: { claimRef: { namespace: "shop", name: "data" } },
      status: { phase: "Bound" },
    }),
  ],
};

function fingerprintOf(lists: Lists | null) {
  const list = async (path: string) => {
    if (lists === null) throw new KubeSilence("refused");
    return lists[path.split("/").at(-1)!] ?? [];
  };
  const api = {
    ...stagedApi({ get: () => Promise.reject(new Error()) }),
    list: list as <T>(path: string) => Promise<readonly T[]>,
  };
  const [spec] = stackOf("main").kubernetes!.clusters;
  return clusterFingerprint([{ spec: spec!, id: "x", kubeconfig: "", api }], EMPTY, {});
}

describe("a cluster's fingerprint", () => {
  test("names what there is and shows no contents", async () => {
    const fingerprint = await fingerprintOf(GOOD);
    expect(Object.keys(fingerprint)).toEqual([
      "main: Deployment shop/web",
      "main: node agent-0",
      "main: PersistentVolume of shop/data",
      "main: Secret shop/password",
    ]);
    expect(JSON.stringify(fingerprint)).not.toContain("c2VzYW1l");
    expect(fingerprint["main: Deployment shop/web"]).toMatch(/^replicas=2 spec=[0-9a-f]{12}$/);
  });

  test("stays the same when everything was replaced by its equal", async () => {
    const restarted = {
      ...GOOD,
      deployments: [web("web:1", { annotations: { "kubectl.kubernetes.io/restartedAt": "now" } })],
      pods: [
        { ...kubePod("web-9"), metadata: { ...kubePod("web-9").metadata, ownerReferences: [{ kind: "x" }] } },
      ],
      persistentvolumes: [{ ...(GOOD["persistentvolumes"]![0] as object), metadata: { name: "pvc-9876" } }],
      configmaps: [{ ...named("cluster-info", {}), metadata: { name: "x", namespace: "kube-system" } }],
    };
    expect(await fingerprintOf(restarted)).toEqual(await fingerprintOf(GOOD));
  });

  const cordoned = { ...kubeNode("k3d-x-agent-0"), spec: { unschedulable: true } };
  const taint = (key: string) => ({
    ...kubeNode("k3d-x-agent-0"),
    spec: { taints: [{ key, effect: "NoExecute" }] },
  });
  const gpus = { ...kubeNode("k3d-x-agent-0"), status: { capacity: { "nvidia.com/gpu": "8", cpu: "2" } } };
  test.each([
    ["an image", { deployments: [web("web:2")] }],
    ["a cordon", { nodes: [cordoned] }],
    ["a taint", { nodes: [taint("firedrill.dev/fault")] }],
    ["a GPU", { nodes: [gpus] }],
    ["a node's absence", { nodes: [] }],
    ["a secret's content", { secrets: [named("password", { type: "Opaque", data: { password: "eA==" } })] }],
    ["a forgotten pod", { pods: [kubePod("debugger")] }],
  ])("changes with %s", async (_, change) => {
    expect(await fingerprintOf({ ...GOOD, ...change })).not.toEqual(await fingerprintOf(GOOD));
  });

  test("leaves out Kubernetes' own taints, which follow conditions", async () => {
    const unreachable = { ...GOOD, nodes: [taint("node.kubernetes.io/unreachable")] };
    expect(await fingerprintOf(unreachable)).toEqual(await fingerprintOf(GOOD));
  });

  test("says so when the API server does not answer", async () => {
    expect(await fingerprintOf(null)).toEqual({ "main: API server": "does not answer" });
  });
});
