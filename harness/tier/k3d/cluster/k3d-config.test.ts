import { describe, expect, it } from "vitest";
import type { ClusterSpec } from "../../../stack/spec.ts";
import { k3dConfig, type ClusterSite } from "./k3d-config.ts";
import { kubeletConfig } from "./kubelet-config.ts";
import { KUBERNETES_TIMES, RENEWALS_PER_LEASE } from "./times.ts";

const cluster: ClusterSpec = {
  name: "main",
  servers: 1,
  agents: [
    { pool: "platform", labels: {}, gpus: 0 },
    { pool: "compute", labels: { zone: "a" }, gpus: 2 },
  ],
  agentMemoryBytes: null,
  agentDiskBytes: null,
  releases: [],
  images: [],
};
const site: ClusterSite = {
  id: "fd-1a2b3c4d-t1-main",
  network: "fd-1a2b3c4d-t1",
  image: "rancher/k3s:v1",
  apiPort: 21_000,
  times: KUBERNETES_TIMES.fast,
  agentDisks: [],
};

describe("k3dConfig", () => {
  it("binds the API to loopback, makes no balancer for one server, and leaves the user's kubeconfig alone", () => {
    const config = k3dConfig(cluster, site);
    expect(config).toMatchObject({
      metadata: { name: "fd-1a2b3c4d-t1-main" },
      servers: 1,
      agents: 2,
      network: "fd-1a2b3c4d-t1",
      kubeAPI: { hostIP: "127.0.0.1", hostPort: "21000" },
      options: {
        k3d: { disableLoadbalancer: true, disableRollback: true },
        kubeconfig: { updateDefaultKubeconfig: false, switchCurrentContext: false },
      },
    });
    expect(k3dConfig({ ...cluster, servers: 3 }, site).options.k3d.disableLoadbalancer).toBe(false);
  });

  it("labels each agent with its pool and its own labels", () => {
    expect(k3dConfig(cluster, site).options.k3s.nodeLabels).toEqual([
      { label: "firedrill.dev/pool=platform", nodeFilters: ["agent:0"] },
      { label: "zone=a", nodeFilters: ["agent:1"] },
      { label: "firedrill.dev/pool=compute", nodeFilters: ["agent:1"] },
    ]);
  });

  it("addresses no agents where there are none, which k3d would refuse", () => {
    expect(JSON.stringify(k3dConfig({ ...cluster, agents: [] }, site))).not.toContain("agent:");
  });

  it("carries no token", () => {
    expect(JSON.stringify(k3dConfig(cluster, site))).not.toMatch(/token/i);
  });

  it("gives limits to agents alone", () => {
    const limited = { ...cluster, agentMemoryBytes: 2 ** 30, agentDiskBytes: 2 ** 28 };
    const config = k3dConfig(limited, { ...site, agentDisks: ["disk-0", "disk-1"] });
    expect(config.options.runtime).toEqual({ agentsMemory: "1073741824b" });
    expect(config.volumes).toEqual([
      { volume: "disk-0:/var/lib/kubelet", nodeFilters: ["agent:0"] },
      { volume: "disk-1:/var/lib/kubelet", nodeFilters: ["agent:1"] },
    ]);
    const evicts = (role: "server" | "agent") =>
      (JSON.parse(kubeletConfig(limited, role, site.times)) as { evictionHard: Record<string, string> })
        .evictionHard;
    expect(evicts("agent")).toMatchObject({ "memory.available": "150Mi", "nodefs.available": "20%" });
    expect(evicts("server")).toMatchObject({ "memory.available": "100Mi", "nodefs.available": "1%" });
  });
});

describe("KUBERNETES_TIMES", () => {
  it.each(["production", "fast"] as const)("%s forgives at least three lost heartbeats", (name) => {
    const { nodeMonitorGracePeriod, nodeLease } = KUBERNETES_TIMES[name];
    expect(nodeMonitorGracePeriod / (nodeLease / RENEWALS_PER_LEASE)).toBeGreaterThan(3);
  });
});
