import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "../../../compose/faults/faults.testkit.ts";
import type { Workload } from "../../api/objects.ts";
import { inject } from "../fault-bench.testkit.ts";
import { k3dInjectors, k3dUndo } from "../index.ts";
import { execInNode } from "../in-node.ts";
import { resolvedFault } from "../fault-bench.testkit.ts";
import { LABEL_SCALED_DOWN } from "./scale.ts";
import { openShop, type Shop } from "./shop.testkit.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop("f2");
});
afterAll(async () => shop[Symbol.asyncDispose]());

const workload = (resource: "deployments/api" | "statefulsets/db"): Promise<Workload> =>
  shop.clusters[0]!.api.get(`/apis/apps/v1/namespaces/test/${resource}`);

/** The folder behind the database's claim, whether or not a pod runs. */
async function onVolume(script: string): Promise<string> {
  const name = (
    await shop.kubectl("get", "pvc", "-n", "test", "data-db-0", "-o", "jsonpath={.spec.volumeName}")
  ).trim();
  const [node, path] = (
    await shop.kubectl(
      "get",
      "pv",
      name,
      "-o",
      "jsonpath={.spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].values[0]} {.spec.local.path}",
    )
  ).split(" ");
  const answer = await execInNode(shop.docker, node!, ["sh", "-c", `cd ${path} && ${script}`]);
  return answer.stdout;
}

const goodbyes = () => onVolume("ls -A | grep -c said-goodbye");

describe("ends of life", () => {
  test("kill: no goodbye, nothing restarts it, and undo brings the replicas back", async () => {
    const fault = await inject(shop, "kill", "db");
    expect(fault.evidence).toMatch(/no process of it is left.*StatefulSet asks for 0 replicas/);
    expect((await workload("statefulsets/db")).spec.replicas).toBe(0);
    expect(await goodbyes()).toBe("0");
    await fault.putBack();
    await shop.settled("db");
    expect((await workload("statefulsets/db")).metadata.labels?.[LABEL_SCALED_DOWN]).toBeUndefined();
    expect(await shop.ask("http://db:8080")).toBe("rows");
  });

  test("db-outage: nobody answers; what a runbook has scaled meanwhile is left as it is", async () => {
    const fault = await inject(shop, "db-outage", "api");
    expect(fault.evidence).toContain("Service api has 0 ready endpoints");
    expect(await shop.ask("http://api:8080")).toMatch(/ECONNREFUSED|UND_ERR|Timeout/);
    await shop.kubectl("scale", "-n", "test", "deployment/api", "--replicas=1");
    await shop.settled("api");
    await fault.putBack();
    expect((await workload("deployments/api")).spec.replicas).toBe(1);
    await shop.kubectl("scale", "-n", "test", "deployment/api", "--replicas=2");
    await shop.settled("api");
  });

  test("stop: it is asked first", async () => {
    const fault = await inject(shop, "stop", "db");
    expect(await goodbyes()).toBe("1");
    await fault.putBack();
    await shop.settled("db");
    await onVolume("rm said-goodbye");
  });

  test("crash: every pod's main process dies, the same pods go on", async () => {
    const before = await shop.pods("api");
    const fault = await inject(shop, "crash", "api");
    expect(fault.evidence).toContain("exit code 137");
    await shop.settled("api");
    const after = await until(async () => {
      const pods = await shop.pods("api");
      return pods.every(({ restarts }, at) => restarts === before[at]!.restarts + 1)
        ? pods
        : new Error(JSON.stringify(pods));
    });
    expect(after.map(({ uid }) => uid)).toEqual(before.map(({ uid }) => uid));
  });

  test("pod-kill: the first pod is replaced, the other stays", async () => {
    const before = await shop.pods("api");
    await inject(shop, "pod-kill", "api");
    await shop.settled("api");
    const after = (await shop.pods("api")).map(({ uid }) => uid);
    expect(after).not.toContain(before[0]!.uid);
    expect(after).toContain(before[1]!.uid);
  });

  test("crash-loop: killed each time it comes up, until the fault ends", async () => {
    const [before] = await shop.pods("client");
    const fault = await inject(shop, "crash-loop", "client");
    expect(fault.evidence).toMatch(/restarts: \d+ → [1-9]/);
    await until(async () => {
      const status = await shop.kubectl("get", "pods", "-n", "test", "-l", "app=client");
      return status.includes("CrashLoopBackOff") ? true : new Error(status);
    });
    await fault.putBack();
    await shop.settled("client");
    expect((await shop.pods("client"))[0]!.uid).toBe(before!.uid);
  });

  test("what can't be kept down is refused, and nothing has happened", async () => {
    const { kind: _, ...rest } = shop.spec.services["db"]!.workload!;
    const context = {
      ...shop.context,
      locate: async (name: string) => {
        const located = await shop.context.locate(name);
        return located.kind === "service"
          ? { ...located, workload: { kind: "DaemonSet" as const, ...rest } }
          : located;
      },
    };
    const kill = k3dInjectors(context).kill!.prepare(resolvedFault("kill", "db"));
    await expect(kill).rejects.toMatchObject({ code: "USAGE_FAULT" });
    expect(await shop.ask("http://db:8080")).toBe("rows");
  });
});

describe("pause", () => {
  test("connections are accepted and nobody answers, until the undo", async () => {
    const fault = await inject(shop, "pause", "db");
    expect(await shop.ask("http://db:8080")).toMatch(/Timeout/);
    await fault.putBack();
    expect(await shop.ask("http://db:8080")).toBe("rows");
  });

  test("a pod that was replaced is not frozen: the effect has lapsed", async () => {
    const fault = await inject(shop, "pause", "api");
    const [first] = await shop.pods("api");
    await shop.kubectl("delete", "pod", "-n", "test", first!.name, "--grace-period=0", "--force");
    await shop.settled("api").catch(() => undefined);
    const lapsed = await until(async () => {
      const answer = await fault.prepared.confirm();
      return answer.confirmed ? new Error(answer.evidence) : answer.evidence;
    });
    expect(lapsed).toMatch(/came later|gone/);
    await fault.putBack();
    await shop.settled("api");
  });
});

describe("network", () => {
  test("partition: cut off from one peer, by its Service's address too, and from nobody else", async () => {
    const fault = await inject(shop, "partition", "client", { peers: ["db"] });
    expect(fault.evidence).toMatch(/:1 timeout/);
    expect(await shop.ask("http://db:8080")).toMatch(/Timeout/);
    expect(await shop.ask("http://api:8080")).toBe("hello");
    await fault.putBack();
    expect(await shop.ask("http://db:8080")).toBe("rows");
  });

  test("partition from everyone, one way, survives a restart of the container", async () => {
    const fault = await inject(shop, "partition", "client", { params: { direction: "in" } });
    expect(await shop.ask("http://api:8080")).not.toBe("hello");
    const crash = await inject(shop, "crash", "client");
    expect(crash.evidence).toContain("exit code 137");
    await shop.settled("client");
    expect((await fault.prepared.confirm()).confirmed).toBe(true);
    expect(await shop.ask("http://api:8080")).not.toBe("hello");
    await fault.putBack();
    expect(await shop.ask("http://api:8080")).toBe("hello");
  });

  test("dns-failure: names get no answer, addresses do", async () => {
    const address = (
      await shop.kubectl("get", "service", "-n", "test", "api", "-o", "jsonpath={.spec.clusterIP}")
    ).trim();
    const fault = await inject(shop, "dns-failure", "client");
    expect(fault.evidence).toContain("error ETIMEOUT");
    expect(await shop.ask("http://api:8080")).toMatch(/EAI_AGAIN|Timeout/);
    expect(await shop.ask(`http://${address}:8080`)).toBe("hello");
    await fault.putBack();
    expect(await shop.ask("http://api:8080")).toBe("hello");
  });

  test.each(["in", "out"] as const)("bandwidth, %s: 300 kB take seconds", async (direction) => {
    const target = direction === "in" ? "client" : "api";
    expect(await shop.ask("http://api:8080/big")).toBe("300000 characters");
    const fault = await inject(shop, "bandwidth", target, { params: { bytesPerSecond: 40_000, direction } });
    expect(fault.evidence).toContain(`${direction}: qdisc tbf`);
    expect(await shop.ask("http://api:8080/big")).toMatch(/Timeout/);
    await fault.putBack();
    expect(await shop.ask("http://api:8080/big")).toBe("300000 characters");
  });
});

describe("resources", () => {
  test("disk-full: the bounded volume takes no more, others do", async () => {
    const fault = await inject(shop, "disk-full", "api");
    const write = "dd if=/dev/zero of=/small/new bs=4096 count=1 2>&1; rm -f /small/new; echo x > /tmp/x";
    expect(await shop.inside("api", write)).toContain("No space left on device");
    await fault.putBack();
    expect(await shop.inside("api", `${write}; ls -A /small`)).not.toContain("No space left");
    expect(await shop.inside("api", "ls -A /small")).toBe("");
  });

  test.each(["/", "/data"])("disk-full refuses %s: it has no bound of its own", async (path) => {
    const fault = k3dInjectors(shop.context)["disk-full"]!;
    const prepared = fault.prepare(resolvedFault("disk-full", "db", { params: { path } }));
    await expect(prepared).rejects.toMatchObject({ code: "USAGE_FAULT" });
  });

  test("cpu-stress: loops run in the pod's control group and end with the fault", async () => {
    const fault = await inject(shop, "cpu-stress", "db");
    expect(fault.evidence).toMatch(/use \d\.\d\d of 1 cores/);
    await fault.putBack();
  });

  test("memory-pressure: the kernel kills the service, and its restarts too, until the fault ends", async () => {
    const before = await shop.pods("api");
    const fault = await inject(shop, "memory-pressure", "api");
    expect(fault.evidence).toContain("OOMKilled with exit code 137");
    await until(async () => {
      const status = await shop.kubectl("get", "pods", "-n", "test", "-l", "app=api");
      return status.includes("CrashLoopBackOff") ? true : new Error(status);
    });
    await fault.putBack();
    await shop.settled("api");
    expect((await shop.pods("api")).map(({ uid }) => uid)).toEqual(before.map(({ uid }) => uid));
    expect(await shop.inside("api", "ls -A /dev/shm")).toBe("");
  });

  test("memory-pressure with a limit that can't be reached is refused", async () => {
    const prepared = k3dInjectors(shop.context)["memory-pressure"]!.prepare(
      resolvedFault("memory-pressure", "api", { params: { limitBytes: 1 << 30 } }),
    );
    // The pod's own limit is lower still, and shared memory can't fill the way up to it.
    await expect(prepared).rejects.toMatchObject({ code: "USAGE_FAULT" });
  });
});

describe("data-loss", () => {
  const FILL =
    "mkdir -p deep && echo gold > deep/file && chmod 600 deep/file && chown 1234:99 deep/file && ln -sf deep link";
  const LOOK = "find . | sort | xargs stat -c '%n %a %u:%g %F'; cat deep/file";

  test("the volume is empty, also for a new pod; undo restores every file with owner and mode", async () => {
    await onVolume(FILL);
    const before = await onVolume(LOOK);
    const fault = await inject(shop, "data-loss", "db");
    expect(fault.evidence).toContain("the volume of data-db-0 holds 0 files");
    await shop.kubectl("scale", "-n", "test", "statefulset/db", "--replicas=1");
    await shop.settled("db");
    expect(await shop.inside("db", "ls -A /data")).toBe("");
    await shop.inside("db", "echo other > /data/later");
    await fault.putBack();
    await shop.settled("db");
    expect(await onVolume(`rm -f said-goodbye; ${LOOK}`)).toBe(before);
  });

  test("an outage may turn into a loss; each undo puts its own part back", async () => {
    const outage = await inject(shop, "db-outage", "db");
    const loss = await inject(shop, "data-loss", "db");
    expect(await onVolume("ls -A")).toBe("");
    await loss.putBack();
    expect((await workload("statefulsets/db")).spec.replicas).toBe(0);
    await outage.putBack();
    await shop.settled("db");
    expect(await shop.inside("db", "cat /data/deep/file")).toBe("gold");
  });

  test("without a whole copy the volume was not emptied, and is left as it is", async () => {
    const prepared = await k3dInjectors(shop.context)["data-loss"]!.prepare(resolvedFault("data-loss", "db"));
    const backup = String(prepared.undo[0]?.args["backup"]);
    await onVolume(`mkdir -p ${backup}/files && echo torn > ${backup}/files/torn`);
    for (const action of prepared.undo) await k3dUndo(shop.docker, action);
    expect(await shop.inside("db", "cat /data/deep/file")).toBe("gold");
    expect(await onVolume(`ls -d ${backup} 2>&1`)).toContain("No such file");
  });
});
