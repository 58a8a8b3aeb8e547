import { describe, expect, test } from "vitest";
import type { Cluster } from "../cluster/cluster.ts";
import { nodesOf } from "../cluster/names.ts";
import type { KubeNode, Lease, Pod } from "../api/objects.ts";
import { type ClusterState, viewNodes, viewPods } from "./cluster-state.ts";
import type { ContainerFact } from "./node-facts.ts";
import { answerTruth } from "./truth.ts";
import type { ClusterWatch } from "./watch-clusters.ts";
import type { NodeContainer } from "./watch-containers.ts";
import { kubeNode, kubePod, lease, stackOf, stagedApi, T0 } from "./watch.testkit.ts";

const SPEC = stackOf("main");
const [server, agent0, agent1] = ["server-0", "agent-0", "agent-1"].map((it) => `k3d-x-${it}`) as [
  string,
  string,
  string,
];

/** One server, two agents, a pod on each agent; all good since T0, and the test moves it on from there. */
class Staged {
  nowMs = T0 + 5_000;
  injectionMs: number | null = null;
  latencyMs: number | null = 3;
  trust = { silent: false, trustFromMs: 0 };
  readonly nodes = new Map<string, KubeNode>();
  readonly leases = new Map<string, Lease>();
  readonly pods = new Map<string, Pod>();
  readonly containers = new Map<string, NodeContainer>();

  constructor() {
    for (const name of [server, agent0, agent1]) {
      this.nodes.set(`/${name}`, kubeNode(name));
      this.beat(name, T0 + 4_000);
      this.container(name, {});
    }
    this.pods.set("shop/web-1", kubePod("web-1", { node: agent0 }));
    this.pods.set("shop/web-2", kubePod("web-2", { node: agent1 }));
  }

  beat(name: string, atMs: number): void {
    this.leases.set(`kube-node-lease/${name}`, lease(name, atMs));
  }

  container(name: string, change: Partial<ContainerFact>): void {
    const startedMs = T0 - 60_000;
    const before = this.containers.get(name)?.fact ?? {
      state: "running",
      startedMs,
      awakeMs: startedMs,
      exitCode: null,
    };
    const role = name === server ? "server" : "agent";
    this.containers.set(name, { clusterId: "x", name, role, fact: { ...before, ...change } });
  }

  /** Of the last answer. */
  status = 0;

  ask(path: string): unknown {
    const response = answerTruth(
      { method: "GET", url: `http://cluster${path}`, timeoutMs: 1_000 },
      this.watch(),
    );
    this.status = response!.status;
    return JSON.parse(response!.body);
  }

  private watch(): ClusterWatch {
    const [spec] = SPEC.kubernetes!.clusters;
    const cluster: Cluster = {
      spec: spec!,
      id: "x",
      kubeconfig: "",
      api: stagedApi({ get: () => Promise.reject(new Error()) }),
    };
    const state: ClusterState = {
      ...this,
      cluster,
      refs: nodesOf(spec!, "x", false),
      joined: new Set(this.containers.keys()),
    };
    const nodes = () => viewNodes(state, this);
    return {
      spec: SPEC,
      noteInjection: () => {},
      nodes,
      pods: () => viewPods(state, nodes(), SPEC, false),
      apis: () => [{ cluster: "main", answers: this.latencyMs !== null, latencyMs: this.latencyMs }],
      stop: async () => {},
    };
  }
}

describe("the truth about a cluster", () => {
  test("has its numbers at the top, where a probe can demand them", () => {
    const staged = new Staged();
    expect(staged.ask("/nodes")).toEqual({ ready: 3, proven: 3, total: 3, unknown: 0, notReady: [] });
    expect(staged.ask("/pods?service=front")).toMatchObject({ ready: 2, proven: 2, total: 2 });
    expect(staged.ask("/api")).toEqual({ answers: true, latencyMs: 3 });
    expect(staged.status).toBe(200);
  });

  test("an agent that was killed is ready again only with a heartbeat from after its start", () => {
    const staged = new Staged();
    staged.injectionMs = T0 + 5_000;
    staged.container(agent1, { state: "exited", exitCode: 137 });
    expect(staged.ask("/nodes")).toMatchObject({ ready: 2, proven: 0, notReady: ["agent-1"], unknown: 0 });
    expect(staged.ask("/pods")).toMatchObject({ ready: 1, proven: 0, total: 2 });

    staged.nowMs = T0 + 8_000;
    staged.container(agent1, { state: "running", startedMs: T0 + 8_000, awakeMs: T0 + 8_000 });
    staged.beat(agent0, T0 + 7_000);
    staged.beat(server, T0 + 7_000);
    expect(staged.ask("/nodes")).toMatchObject({ ready: 2, proven: 2, unknown: 1 });

    staged.nowMs = T0 + 11_000;
    staged.beat(agent1, T0 + 10_000);
    expect(staged.ask("/nodes")).toMatchObject({ ready: 3, proven: 3, unknown: 0 });
    // Its pod still says what it said before its node died.
    expect(staged.ask("/pods")).toMatchObject({ ready: 1, total: 2 });
    staged.pods.set("shop/web-2", kubePod("web-2", { node: agent1, startedMs: T0 + 11_000 }));
    expect(staged.ask("/pods")).toMatchObject({ ready: 2, proven: 2 });
  });

  test("a server that was started again answers with old data, and nobody is believed until a new heartbeat", () => {
    const staged = new Staged();
    staged.container(server, { state: "exited", exitCode: 137 });
    staged.trust = { silent: true, trustFromMs: T0 + 7_000 };
    staged.latencyMs = null;
    expect(staged.ask("/nodes")).toMatchObject({ ready: 0, unknown: 2 });
    expect(staged.ask("/api")).toEqual({ answers: false, latencyMs: null });
    expect(staged.status).toBe(503);

    staged.nowMs = T0 + 12_000;
    staged.container(server, { state: "running", startedMs: T0 + 8_000, awakeMs: T0 + 8_000 });
    staged.trust = { silent: false, trustFromMs: T0 + 11_000 };
    staged.latencyMs = 4;
    // Every Node object says Ready and every heartbeat is younger than its lease, but all of it is from before.
    expect(staged.ask("/nodes")).toMatchObject({ ready: 0, proven: 0, unknown: 3 });
    expect(staged.ask("/pods")).toMatchObject({ ready: 0, total: 2 });

    staged.beat(agent0, T0 + 11_500);
    expect(staged.ask("/nodes")).toMatchObject({ ready: 1, notReady: ["server-0", "agent-1"] });
    expect(staged.ask("/pods")).toMatchObject({ ready: 1 });
  });

  test("what was not hit stays ready after an injection, and is proven with its next heartbeat", () => {
    const staged = new Staged();
    staged.injectionMs = T0 + 5_000;
    expect(staged.ask("/nodes")).toMatchObject({ ready: 3, proven: 0 });
    staged.beat(agent0, T0 + 6_000);
    expect(staged.ask("/nodes")).toMatchObject({ ready: 3, proven: 1 });
    expect(staged.ask("/pods")).toMatchObject({ ready: 2, proven: 1 });
  });

  test("a cut-off agent is unknown when its heartbeat is too old; a deleted one still counts as one of the cluster's", () => {
    const staged = new Staged();
    staged.nowMs = T0 + 4_000 + 18_001;
    staged.beat(agent0, T0 + 20_000);
    staged.beat(server, T0 + 20_000);
    expect(staged.ask("/nodes")).toMatchObject({ ready: 2, unknown: 1, notReady: ["agent-1"] });
    staged.nodes.delete(`/${agent1}`);
    expect(staged.ask("/nodes")).toMatchObject({ ready: 2, unknown: 0, total: 3, notReady: ["agent-1"] });
  });

  test("a node that was added later counts, and what is left of an evicted pod does not", () => {
    const staged = new Staged();
    staged.nodes.set("/k3d-spot-0", kubeNode("k3d-spot-0"));
    staged.beat("k3d-spot-0", T0 + 4_000);
    staged.container("k3d-spot-0", {});
    staged.pods.set("shop/web-3", kubePod("web-3", { phase: "Failed", reason: "Evicted" }));
    expect(staged.ask("/nodes")).toMatchObject({ ready: 4, total: 4 });
    expect(staged.ask("/pods")).toMatchObject({ ready: 2, total: 2 });
  });

  test("a request for a service is not answered here, and clusters are only read", () => {
    const watch = { spec: SPEC } as ClusterWatch;
    expect(answerTruth({ method: "GET", url: "http://web/", timeoutMs: 1 }, watch)).toBeNull();
    const post = answerTruth({ method: "POST", url: "http://cluster/nodes", timeoutMs: 1 }, watch);
    expect(post?.status).toBe(405);
  });
});
