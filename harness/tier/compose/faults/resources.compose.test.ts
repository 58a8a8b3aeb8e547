import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FaultBench, faultBench, testVolume, until } from "./faults.testkit.ts";

let bench: FaultBench;
beforeAll(async () => {
  bench = await faultBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

const read = async (service: string, script: string) => (await bench.inside(service, script)).output;

describe("memory-pressure", () => {
  /** Holds 40 MiB, so that it is by far the largest process in its container. */
  const HOLDER = ["node", "-e", "global.held = Buffer.alloc(40 << 20, 1); setInterval(() => {}, 1000)"];
  const limit = (service: string) =>
    read(
      service,
      "cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.max",
    );
  const settled = (service: string) =>
    until(async () => {
      const rss = Number(await read(service, "awk '/VmRSS/ {print $2}' /proc/1/status"));
      return rss > 40 * 1024 ? true : new Error(`it holds only ${rss} KiB`);
    });

  test("the kernel kills the service for want of memory, and its restart policy acts", async () => {
    await bench.service("squeezed", { command: HOLDER, host: { RestartPolicy: { Name: "always" } } });
    await settled("squeezed");
    const before = await limit("squeezed");
    const fault = await bench.inject("memory-pressure", "squeezed");
    expect(fault.evidence).toContain("the kernel ran out of memory in it");
    await until(async () => {
      const { State } = await bench.inspect("squeezed");
      return State.Running && !State.Restarting ? true : new Error(State.Status);
    });
    await fault.putBack();
    expect(await limit("squeezed")).toBe(before);
    expect(await read("squeezed", "ls -A /dev/shm")).toBe("");
  });

  test("without a restart policy it stays dead, and the engine says why", async () => {
    await bench.service("killed", { command: HOLDER, host: { Memory: 256 << 20 } });
    await settled("killed");
    const fault = await bench.inject("memory-pressure", "killed");
    expect((await bench.inspect("killed")).State).toMatchObject({
      Running: false,
      OOMKilled: true,
      ExitCode: 137,
    });
    await fault.putBack();
  });

  test("a limit that was set but killed nobody yet is undone in the same life", async () => {
    await bench.service("spared", { host: { Memory: 256 << 20 } });
    const { composeInjectors, composeUndo, composeAudit } = await import("./index.ts");
    const prepared = await composeInjectors(bench.context)["memory-pressure"].prepare({
      id: "spared",
      kind: "memory-pressure",
      targets: ["spared"],
      peers: [],
      params: {},
      ttlMs: 60_000,
    });
    const { readMemoryLimit, writeMemoryLimit } = await import("./memory-limit.ts");
    const { toolboxFor } = await import("./toolbox.ts");
    const info = await bench.inspect("spared");
    const toolbox = await toolboxFor(bench.context, info.Id);
    await writeMemoryLimit(toolbox, { id: info.Id, info }, String(100 << 20));
    expect(await limit("spared")).toBe(String(100 << 20));
    const dirty = await Promise.all(prepared.undo.map((action) => composeAudit(bench.docker, action)));
    expect(dirty.some(({ clean }) => !clean)).toBe(true);
    for (const action of prepared.undo) await composeUndo(bench.docker, action);
    expect(await readMemoryLimit(toolbox, { id: info.Id, info })).toBe(String(256 << 20));
  });

  test("a limit that can't be reached is refused before anything is changed", async () => {
    await bench.service("roomy");
    const fault = bench.inject("memory-pressure", "roomy", { params: { limitBytes: 1 << 30 } });
    await expect(fault).rejects.toMatchObject({ code: "USAGE_FAULT" });
  });
});

describe("cpu-stress", () => {
  // The brackets keep the search from finding itself.
  const loops = (service: string) => read(service, "grep -la '[f]iredrill-' /proc/[0-9]*/cmdline | wc -l");

  test("loops run inside the target's control group until the undo", async () => {
    await bench.service("stressed");
    const used = () =>
      read(
        "stressed",
        `cat /sys/fs/cgroup/cpuacct/cpuacct.usage 2>/dev/null || awk '/usage_usec/ {print $2 * 1000}' /sys/fs/cgroup/cpu.stat`,
      ).then(Number);
    const before = await used();
    const fault = await bench.inject("cpu-stress", "stressed", { params: { cores: 2 } });
    expect(fault.evidence).toMatch(/uses \d\.\d\d of 2 cores/);
    expect(Number(await loops("stressed"))).toBeGreaterThanOrEqual(2);
    expect((await used()) - before).toBeGreaterThan(250e6);
    await fault.putBack();
    expect(await loops("stressed")).toBe("0");
    expect(await read("stressed", "ls /proc/[0-9]*/exe -l 2>/dev/null | grep -c sleep")).toBe("1");
  });

  test("they end by themselves when the time to live is over", async () => {
    await bench.service("forgotten");
    await bench.inject("cpu-stress", "forgotten", { ttlMs: 12_000 });
    await until(async () => {
      const left = await loops("forgotten");
      return left === "0" ? true : new Error(`${left} left`);
    });
  });
});

describe("disk-full", () => {
  const write = (service: string, file: string) =>
    bench.inside(service, `dd if=/dev/zero of=${file} bs=4096 count=1`);

  test("fills a tmpfs to its last block; undo gives the room back", async () => {
    await bench.service("full", { host: { Tmpfs: { "/data": "size=8m" } } });
    const fault = await bench.inject("disk-full", "full", { params: { path: "/data" } });
    expect((await write("full", "/data/new")).output).toContain("No space left on device");
    expect((await write("full", "/tmp/elsewhere")).exitCode).toBe(0);
    await fault.putBack();
    expect((await write("full", "/data/new")).exitCode).toBe(0);
    expect(await read("full", "ls -A /data")).toBe("new");
  });

  test("fills a bounded volume, and empties it even when the target does not run any more", async () => {
    const volume = await testVolume(bench, "bounded", { type: "tmpfs", device: "tmpfs", o: "size=4m" });
    const mount = { Binds: [`${volume}:/var/data`] };
    await bench.service("keeper", { host: mount });
    await bench.service("filled", { host: mount });
    const fault = await bench.inject("disk-full", "filled");
    expect((await write("keeper", "/var/data/new")).output).toContain("No space left on device");
    await bench.docker.getContainer((await bench.inspect("filled")).Id).kill();
    await fault.putBack();
    expect(await read("keeper", "ls -A /var/data")).toBe("new");
  });

  test.each(["/", "/tmp", "/etc/hosts", "/nowhere"])(
    "refuses %s: it could fill this machine's disk",
    async (path) => {
      await bench.service(`unbounded${path.replaceAll("/", "-")}`);
      const fault = bench.inject("disk-full", `unbounded${path.replaceAll("/", "-")}`, { params: { path } });
      await expect(fault).rejects.toMatchObject({ code: "USAGE_FAULT" });
    },
  );
});

describe("data-loss", () => {
  test("the volume is empty, and undo restores every file with its owner and mode", async () => {
    const volume = await testVolume(bench, "precious");
    await bench.service("store", { host: { Binds: [`${volume}:/data`] } });
    await bench.inside(
      "store",
      "cd /data && mkdir -p deep/er && echo gold > deep/er/file && chmod 600 deep/er/file && chown 1234:99 deep/er/file && chmod 711 . && ln -s deep link && touch .hidden",
    );
    const look = "cd /data && find . | sort | xargs stat -c '%n %a %u:%g %F' && cat deep/er/file";
    const before = await read("store", look);
    const fault = await bench.inject("data-loss", "store");
    expect(fault.evidence).toContain("holds 0 files");
    // The runbook brings it up again, with nothing in it, and writes something else.
    await bench.docker.getContainer((await bench.inspect("store")).Id).start();
    expect(await read("store", "ls -A /data")).toBe("");
    await bench.inside("store", "echo other > /data/later");
    await fault.putBack();
    expect(await read("store", look)).toBe(before);
    expect(await bench.leftovers()).toEqual([]);
  });

  test("if it was killed before the copy was whole, the volume is left as it is", async () => {
    const volume = await testVolume(bench, "untouched");
    await bench.service("half", { host: { Binds: [`${volume}:/data`] } });
    await bench.inside("half", "echo gold > /data/file");
    const { composeInjectors, composeUndo } = await import("./index.ts");
    const prepared = await composeInjectors(bench.context)["data-loss"].prepare({
      id: "half",
      kind: "data-loss",
      targets: ["half"],
      peers: [],
      params: {},
      ttlMs: 60_000,
    });
    await bench.docker.createVolume({ Name: String(prepared.undo[0]?.args["backup"]) });
    for (const action of prepared.undo) await composeUndo(bench.docker, action);
    expect(await read("half", "cat /data/file")).toBe("gold");
    expect(await bench.leftovers()).toEqual([]);
  });
});
