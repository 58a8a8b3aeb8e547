import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FaultBench, faultBench, until, WEB_SERVER } from "./faults.testkit.ts";

let bench: FaultBench;
beforeAll(async () => {
  bench = await faultBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const restartAlways = { RestartPolicy: { Name: "always" } };
/** The first process's start, as the container's own kernel tells it: another number is another life. */
const life = async (service: string) => (await bench.inside(service, "cut -d' ' -f22 /proc/1/stat")).output;

describe("kill", () => {
  test("ends every process and no restart policy acts; undo starts it again", async () => {
    await bench.service("killed", { host: restartAlways });
    const before = await life("killed");
    const fault = await bench.inject("kill", "killed");
    expect(fault.evidence).toContain("exit code 137");
    await expect(bench.inside("killed", "true")).rejects.toThrow("is not running");
    expect((await bench.inspect("killed")).RestartCount).toBe(0);
    await fault.putBack();
    expect(await life("killed")).not.toBe(before);
  });

  test("what does not run can't be killed", async () => {
    await bench.service("dead", { command: ["true"] });
    await until(async () =>
      (await bench.inspect("dead")).State.Running ? new Error("still running") : true,
    );
    await expect(bench.inject("kill", "dead")).rejects.toMatchObject({ code: "RUN_FAULT" });
  });

  test("a target that was removed is undone", async () => {
    await bench.service("removed");
    const fault = await bench.inject("kill", "removed");
    await bench.docker.getContainer((await bench.inspect("removed")).Id).remove();
    expect(await fault.putBack()).toContain("was replaced or removed");
  });
});

describe("crash", () => {
  test("kills the first process from outside, and the restart policy acts", async () => {
    await bench.service("crashed", { host: restartAlways });
    const before = await life("crashed");
    const fault = await bench.inject("crash", "crashed");
    const info = await until(async () => {
      const it = await bench.inspect("crashed");
      return it.RestartCount === 1 && it.State.Running ? it : new Error(`restarts: ${it.RestartCount}`);
    });
    expect(info.State.Status).toBe("running");
    expect(await life("crashed")).not.toBe(before);
    await fault.putBack();
  });

  test("without a restart policy it stays dead until the undo", async () => {
    await bench.service("crashed-for-good");
    const fault = await bench.inject("crash", "crashed-for-good");
    expect((await bench.inspect("crashed-for-good")).State).toMatchObject({ Running: false, ExitCode: 137 });
    await fault.putBack();
    expect((await bench.inspect("crashed-for-good")).State.Running).toBe(true);
    expect(await bench.leftovers()).toEqual([]);
  });
});

describe("stop", () => {
  test("asks first: the process can end in order", async () => {
    const script = `trap 'echo in order; exit 3' TERM; touch /tmp/ready; while :; do sleep 0.1; done`;
    await bench.service("stopped", { command: ["sh", "-c", script], host: restartAlways });
    await until(async () => {
      const { exitCode } = await bench.inside("stopped", "test -e /tmp/ready");
      return exitCode === 0 ? true : new Error("not ready to be stopped");
    });
    const fault = await bench.inject("stop", "stopped");
    expect((await bench.inspect("stopped")).State).toMatchObject({ Running: false, ExitCode: 3 });
    await fault.putBack();
    expect((await bench.inspect("stopped")).State.Running).toBe(true);
  });
});

describe("pause", () => {
  test("freezes the target: a client hears nothing, and after the undo it answers", async () => {
    await bench.service("frozen", { command: WEB_SERVER });
    await bench.service("client");
    const ask = `node -e 'fetch("http://frozen:8080/", { signal: AbortSignal.timeout(1500) }).then(async (it) => console.log(await it.text()), (error) => console.log(error.name))'`;
    await until(async () => {
      const { output } = await bench.inside("client", ask);
      return output === "hello from frozen" ? true : new Error(output);
    });
    const fault = await bench.inject("pause", "frozen");
    expect((await bench.inside("client", ask)).output).toBe("TimeoutError");
    await fault.putBack();
    expect((await bench.inside("client", ask)).output).toBe("hello from frozen");
  });
});

describe("node-loss", () => {
  test("everything on the node dies, and nothing else; undo starts what ran before", async () => {
    await bench.service("worker-a", { node: "node-1", host: restartAlways });
    await bench.service("worker-b", { node: "node-1" });
    await bench.service("down-before", { node: "node-1", command: ["true"] });
    await bench.service("elsewhere", { node: "node-2" });
    await until(async () =>
      (await bench.inspect("down-before")).State.Running ? new Error("still running") : true,
    );
    const fault = await bench.inject("node-loss", "worker-a");
    const running = async () => {
      const names = ["worker-a", "worker-b", "down-before", "elsewhere"];
      const states = await Promise.all(names.map((name) => bench.inspect(name)));
      return names.filter((_, at) => states[at]?.State.Running);
    };
    expect(await running()).toEqual(["elsewhere"]);
    await fault.putBack();
    expect(await running()).toEqual(["worker-a", "worker-b", "elsewhere"]);
  });
});

describe("db-outage", () => {
  test("the database stays down and its port is silent; undo brings it back", async () => {
    await bench.service("db", { command: WEB_SERVER, expose: [8080], host: restartAlways });
    await bench.service("db-client");
    const fault = await bench.inject("db-outage", "db");
    expect(fault.evidence).toMatch(/exited, exit code 137; .*:8080 (EHOSTUNREACH|timeout|ECONNREFUSED)/);
    const connect = `node -e 'fetch("http://db:8080/", { signal: AbortSignal.timeout(3000) }).then(() => console.log("answered"), () => console.log("nothing"))'`;
    expect((await bench.inside("db-client", connect)).output).toBe("nothing");
    await fault.putBack();
    await until(async () => {
      const { output } = await bench.inside("db-client", connect);
      return output === "answered" ? true : new Error(output);
    });
    expect(await bench.leftovers()).toEqual([]);
  });
});
