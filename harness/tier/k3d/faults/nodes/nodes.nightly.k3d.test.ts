import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KubeSilence } from "../../api/kube-api.ts";
import { KUBERNETES_TIMES, RENEWALS_PER_LEASE } from "../../cluster/times.ts";
import { until } from "../../../compose/faults/faults.testkit.ts";
import { inNetworkOf, runHelper } from "../../../compose/faults/toolbox.ts";
import { type TestCluster, testCluster } from "../../test-cluster.testkit.ts";
import { inject } from "../fault-bench.testkit.ts";
import { answered } from "../in-node.ts";
import { isNotFound, kubectlInServer } from "../kubectl-in-server.ts";
import { watchNodes, WEB_EVERYWHERE } from "./watched-nodes.testkit.ts";

const RENEW_MS = (KUBERNETES_TIMES.fast.nodeLease / RENEWALS_PER_LEASE) * 1_000;
const PLACES = ["server-0", "agent-0", "agent-1"];

let cluster: TestCluster;
let watched: ReturnType<typeof watchNodes>;
beforeAll(async () => {
  const web = { kind: "DaemonSet", name: "web" } as const;
  cluster = await testCluster("f1", { manifests: WEB_EVERYWHERE, workloads: [web] });
  watched = watchNodes(cluster);
});
afterAll(() => cluster?.[Symbol.asyncDispose]());

const addressOf = async (place: string) => {
  const { NetworkSettings } = await cluster.docker.getContainer(watched.at(place).name).inspect();
  return Object.values(NetworkSettings.Networks)[0]!.IPAddress;
};
const webOn = async (place: string) => `${(await watched.podOn(place)).status.podIP}:8080`;
/** Two renewals and a bit: whoever has not renewed by then does not. */
const missedTwoBeats = () => new Promise((resolve) => setTimeout(resolve, RENEW_MS * 2.5));

describe("a node dies", () => {
  test.each([
    ["kill", "agent-0: exited, exit code 137"],
    ["stop", "agent-0: exited, exit code 143"],
    ["node-loss", "agent-0: exited, exit code 137"],
  ] as const)("%s: it stays down until it is undone", async (kind, evidence) => {
    const fault = await inject(cluster, kind, "agent-0");
    expect(fault.evidence).toBe(evidence);
    const beat = await watched.lastBeat("agent-0");
    await missedTwoBeats();
    expect(await watched.lastBeat("agent-0")).toBe(beat);
    expect(await watched.stateOf("agent-0")).toBe("exited");
    await fault.putBack();
    await watched.beatsAgain("agent-0");
  });

  test("crash: it reboots by itself", async () => {
    const fault = await inject(cluster, "crash", "agent-0");
    expect(fault.evidence).toMatch(/^agent-0: died and runs again since .* \(restarts: \d+ → \d+\)$/);
    await watched.beatsAgain("agent-0");
    await fault.putBack();
  });

  test("node-loss on a service takes the node of its first pod", async () => {
    const located = await cluster.context.locate("web");
    const first = located.kind === "service" ? located.pods[0]?.spec.nodeName : "";
    const place = cluster.nodes.find(({ name }) => name === first)!.place;
    const fault = await inject(cluster, "node-loss", "web");
    expect(fault.evidence).toBe(`${place}: exited, exit code 137`);
    await fault.putBack();
    await watched.beatsAgain(place);
  });
});

describe("a node hangs", () => {
  test("pause: nothing in it answers, its heartbeat stops", async () => {
    const web = await webOn("agent-0");
    expect(await watched.fromNode("server-0", web)).toBe("connected");
    const fault = await inject(cluster, "pause", "agent-0");
    expect(fault.evidence).toBe("agent-0: frozen");
    const beat = await watched.lastBeat("agent-0");
    await missedTwoBeats();
    expect(await watched.lastBeat("agent-0")).toBe(beat);
    expect(await fault.prepared.confirm()).toMatchObject({ confirmed: true });
    await fault.putBack();
    await watched.beatsAgain("agent-0");
  });

  test("pause of the cluster: all its nodes, the API among them", async () => {
    const fault = await inject(cluster, "pause", "main");
    expect(fault.evidence).toBe("server-0: frozen; agent-0: frozen; agent-1: frozen");
    await expect(watched.lastBeat("agent-0")).rejects.toThrow(KubeSilence);
    await fault.putBack();
    for (const place of PLACES) await watched.beatsAgain(place);
  });

  test("kubelet-stop: its heartbeat stops, its containers run on", async () => {
    const web = await webOn("agent-0");
    const fault = await inject(cluster, "kubelet-stop", "agent-0");
    expect(fault.evidence).toMatch(
      /^agent-0: processes and their states: \d+:T; the kubelet gives no answer within 2 s$/,
    );
    const beat = await watched.lastBeat("agent-0");
    await missedTwoBeats();
    expect(await watched.lastBeat("agent-0")).toBe(beat);
    expect(await watched.fromNode("server-0", web)).toBe("connected");
    expect(await fault.prepared.confirm()).toMatchObject({ confirmed: true });
    await fault.putBack();
    await watched.beatsAgain("agent-0");
  });

  test("runtime-stop: containers run on, and nobody can start or look at one", async () => {
    const web = await webOn("agent-0");
    const fault = await inject(cluster, "runtime-stop", "agent-0");
    expect(fault.evidence).toMatch(/; the runtime gives no answer within 2 s$/);
    expect(await watched.fromNode("server-0", web)).toBe("connected");
    expect(await watched.stateOf("agent-0")).toContain("daemons that hang: 1");
    await fault.putBack();
    expect(await watched.stateOf("agent-0")).toContain("daemons that hang: 0");
    await watched.beatsAgain("agent-0");
  });

  test("cpu-stress: loops in its own control group", async () => {
    const fault = await inject(cluster, "cpu-stress", "agent-0");
    expect(fault.evidence).toMatch(/^agent-0: its control group uses [\d.]+ of 1 cores$/);
    await fault.putBack();
  });
});

describe("a node is cut off", () => {
  test("from everyone: its pods reach each other and nobody else, its heartbeat stops", async () => {
    const [here, there] = [await webOn("agent-0"), await webOn("agent-1")];
    const pod = await watched.podOn("agent-0");
    expect(await watched.fromPod(pod, there)).toBe("connected");
    const fault = await inject(cluster, "partition", "agent-0");
    expect(fault.evidence).toMatch(/^agent-0: 4 rules in its network namespace, .* timeout/);
    const beat = await watched.lastBeat("agent-0");
    expect(await watched.fromPod(pod, there)).toBe("timeout");
    expect(await watched.fromNode("agent-1", here)).toBe("timeout");
    expect(await watched.fromNode("agent-0", here)).toBe("connected");
    await missedTwoBeats();
    expect(await watched.lastBeat("agent-0")).toBe(beat);
    await fault.putBack();
    await watched.beatsAgain("agent-0");
    expect(await watched.fromPod(pod, there)).toBe("connected");
  });

  test("from the control plane only: its pods reach the other agent, its heartbeat stops", async () => {
    const there = await webOn("agent-1");
    const pod = await watched.podOn("agent-0");
    const fault = await inject(cluster, "partition", "agent-0", { peers: ["server-0"] });
    const beat = await watched.lastBeat("agent-0");
    expect(await watched.fromPod(pod, there)).toBe("connected");
    expect(await watched.fromNode("agent-0", `${await addressOf("server-0")}:6443`)).toBe("timeout");
    await missedTwoBeats();
    expect(await watched.lastBeat("agent-0")).toBe(beat);
    await fault.putBack();
    await watched.beatsAgain("agent-0");
  });

  test.each(["in", "out"] as const)("one way: %s", async (direction) => {
    const fault = await inject(cluster, "partition", "agent-0", { params: { direction } });
    const rules = await watched.stateOf("agent-0");
    expect(rules).toMatch(direction === "in" ? /-A INPUT -j FD-/ : /-A OUTPUT -j FD-/);
    expect(rules).toMatch(/-A FORWARD -j FD-/);
    expect(rules).not.toMatch(direction === "in" ? /-A OUTPUT -j FD-/ : /-A INPUT -j FD-/);
    await fault.putBack();
    await watched.beatsAgain("agent-0");
  });

  test("a cluster from everyone: its nodes stay together", async () => {
    const there = await webOn("agent-1");
    const fault = await inject(cluster, "partition", "main");
    expect(await watched.fromNode("agent-0", there)).toBe("connected");
    await expect(watched.lastBeat("agent-0")).rejects.toThrow(KubeSilence);
    await fault.putBack();
    for (const place of PLACES) await watched.beatsAgain(place);
  });

  test("a restarted node is found to be connected again", async () => {
    const fault = await inject(cluster, "partition", "agent-0");
    await cluster.docker.getContainer(watched.at("agent-0").name).restart({ t: 0 });
    expect(await fault.prepared.confirm()).toEqual({
      confirmed: false,
      evidence: "agent-0: it was restarted",
    });
    await fault.putBack();
    await watched.beatsAgain("agent-0");
  });
});

describe("a slow node", () => {
  const BYTES = 256 * 1024;
  /** How long a node takes to send so many bytes to another one. */
  async function transferMs(from: string, to: string): Promise<number> {
    const port = 9_100 + Math.floor(Math.random() * 800);
    const sink = `const net = require("node:net"); let seen = 0;
      net.createServer((socket) => socket.on("data", (data) => {
        if ((seen += data.length) >= ${BYTES}) socket.end("k", () => setTimeout(process.exit, 200));
      })).listen(${port});`;
    const source = `const net = require("node:net"); const start = performance.now();
      const go = () => { const socket = net.connect(${port}, process.argv[1]);
        socket.on("error", () => setTimeout(go, 100)).on("connect", () => socket.write(Buffer.alloc(${BYTES})));
        socket.on("data", () => { console.log(performance.now() - start); process.exit(); }); }; go();`;
    const receiving = inNetworkOf(await watched.toolbox(to), watched.at(to).name, ["node", "-e", sink]);
    const sending = await runHelper(
      await watched.toolbox(from),
      ["node", "-e", source, await addressOf(to)],
      {
        NetworkMode: `container:${watched.at(from).name}`,
      },
    );
    await receiving;
    return Number(sending.output);
  }
  const params = { bytesPerSecond: 64 * 1024 };
  /** What a queue lets through at once is 32 KiB. */
  const SLOW_MS = ((BYTES - 32 * 1024) / params.bytesPerSecond) * 1_000;

  test.each([
    ["out", "agent-0", "agent-1"],
    ["in", "agent-1", "agent-0"],
  ] as const)("%s: everybody's traffic", async (direction, from, to) => {
    const fault = await inject(cluster, "bandwidth", "agent-0", { params: { ...params, direction } });
    expect(fault.evidence).toMatch(/qdisc tbf .* rate 524288bit/);
    expect(await transferMs(from, to)).toBeGreaterThan(SLOW_MS * 0.9);
    await fault.putBack();
    expect(await transferMs(from, to)).toBeLessThan(SLOW_MS * 0.9);
  });

  test.each([
    ["agent-0", "agent-1"],
    ["agent-1", "agent-0"],
  ])("the link between two nodes: %s to %s", async (from, to) => {
    const fault = await inject(cluster, "bandwidth", "agent-0", { params, peers: ["agent-1"] });
    expect(await transferMs(from, to)).toBeGreaterThan(SLOW_MS * 0.9);
    expect(await transferMs("agent-0", "server-0")).toBeLessThan(SLOW_MS * 0.9);
    await fault.putBack();
    expect(await transferMs(from, to)).toBeLessThan(SLOW_MS * 0.9);
  });
});

describe("the control plane", () => {
  test("api-outage: nobody reaches the API, not even from its own server, and pods run on", async () => {
    const there = await webOn("agent-1");
    const fault = await inject(cluster, "api-outage", "main");
    expect(fault.evidence).toMatch(/127\.0\.0\.1:6443 ECONNREFUSED, \S+:6443 ECONNREFUSED$/);
    await expect(watched.lastBeat("agent-0")).rejects.toThrow(KubeSilence);
    expect(await watched.fromNode("agent-0", `${await addressOf("server-0")}:6443`)).toBe("ECONNREFUSED");
    expect(await watched.fromNode("agent-0", there)).toBe("connected");
    const undoing = await kubectlInServer(cluster.docker, cluster.clusters[0]!.id, [
      "get",
      "nodes",
      "-o",
      "name",
    ]);
    expect(answered("asking by the back door", undoing!).split("\n")).toHaveLength(3);
    await fault.putBack();
    for (const place of PLACES) await watched.beatsAgain(place);
    expect(await watched.ready("agent-0")).toBe("True");
  });

  test("api-outage does not hit an agent", async () => {
    await expect(inject(cluster, "api-outage", "agent-0")).rejects.toThrow(
      expect.objectContaining({ code: "USAGE_SELECTION" }),
    );
  });

  test("kinds of targets are not mixed, and a kind says what it can hit", async () => {
    const targets = ["agent-0", "web"];
    await expect(inject(cluster, "kill", "agent-0", { targets })).rejects.toThrow("targets of several kinds");
    await expect(inject(cluster, "kubelet-stop", "web")).rejects.toThrow(
      "kubelet-stop does not hit a service",
    );
  });
});

describe("a node is taken away", () => {
  test("node-delete: its container and its Node object are gone for good", async () => {
    const { name } = watched.at("agent-1");
    const fault = await inject(cluster, "node-delete", "agent-1");
    expect(fault.evidence).toBe("agent-1: its container and its Node object are gone");
    const look = await kubectlInServer(cluster.docker, cluster.clusters[0]!.id, ["get", "node", name]);
    expect(isNotFound(look!)).toBe(true);
    expect(await fault.putBack()).toBe(`node ${name} is gone for good; nothing is left of it`);
    await until(async () => {
      const pods = await cluster.kubectl(
        "get",
        "pods",
        "-A",
        "--field-selector",
        `spec.nodeName=${name}`,
        "-o",
        "name",
      );
      return pods === "" ? true : new Error(pods);
    });
    await expect(inject(cluster, "kill", "agent-1")).rejects.toThrow('node "agent-1" has no container');
  });
});
