import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa, execaSync } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bench } from "./gpu.testkit.ts";
import type { Bench } from "./gpu.testkit.ts";

/** promtool: 0 is good, 3 is good text that its taste does not like, 1 is no metrics at all. */
const LINT_ONLY = 3;

describe("promtool", () => {
  const check = async (input: string) =>
    (await execa("promtool", ["check", "metrics"], { input, reject: false })).exitCode;

  test.each(["4.8", "4.9"])("reads dialect %s with all counters", async (dcgm) => {
    await using on = await bench({ dcgm, dcgmCounters: "health", dcgmIntervalMs: "1000", count: "2" });
    await on.ask("/jobs", {});
    on.put("xid", { code: 31 });
    await on.advance(5);
    const text = await on.scrape();
    expect(text).toContain("DCGM_EXP_XID_ERRORS_COUNT");
    expect([0, LINT_ONLY]).toContain(await check(text));
    // It would have said so.
    expect(await check(text.replaceAll("} ", "} x"))).toBe(1);
  });
});

describe("Prometheus", () => {
  let on: Bench;
  let folder = "";
  let prometheus: ReturnType<typeof start>;
  let url = "";

  function start(port: number) {
    writeFileSync(
      join(folder, "prometheus.yml"),
      `global: { scrape_interval: 1s }\nscrape_configs:\n- job_name: dcgm\n  static_configs: [{ targets: ["${new URL(on.dcgm).host}"] }]\n`,
    );
    return execa(
      "prometheus",
      [
        `--config.file=${folder}/prometheus.yml`,
        `--storage.tsdb.path=${folder}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { reject: false },
    );
  }
  beforeAll(async () => {
    on = await bench({ card: "h200", count: "2", dcgmIntervalMs: "1000" });
    // Prometheus has its own clock, and so must what it measures.
    on.mock.clock.set({ kind: "run", scale: 10 });
    folder = mkdtempSync(join(tmpdir(), "fd-prometheus-"));
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    prometheus = start(port);
  });
  afterAll(async () => {
    prometheus.kill();
    await prometheus;
    await on[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  /** The values of an instant query, by GPU. */
  async function query(text: string): Promise<Record<string, number>> {
    const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(text)}`).catch(() => null);
    if (response === null || !response.ok) return {};
    const { data } = (await response.json()) as {
      data: { result: { metric: { gpu: string }; value: [number, string] }[] };
    };
    return Object.fromEntries(data.result.map(({ metric, value }) => [metric.gpu, Number(value[1])]));
  }
  const settles = (text: string) => expect.poll(() => query(text), { timeout: 60_000, interval: 500 });

  test("scrapes, and its queries say what runs", async () => {
    await on.ask("/jobs", { gpu: 1, memoryMib: 50_000 });
    await settles(
      "DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_USED + DCGM_FI_DEV_FB_FREE + DCGM_FI_DEV_FB_RESERVED)",
    ).toEqual({ 0: 0, 1: 50_000 / 143_771 });
    await settles("DCGM_FI_DEV_POWER_USAGE > 600").toEqual({ 1: 630 });
    await settles("increase(DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION[10s]) > 0").toMatchObject({
      1: expect.any(Number),
    });
  });

  test("a GPU that is lost is absent, and its last XID is not", async () => {
    on.put("busDrop", { gpu: 1, heal: true });
    await settles("DCGM_FI_DEV_XID_ERRORS == 79").toEqual({ 1: 79 });
    await settles("DCGM_FI_DEV_GPU_TEMP").toEqual({ 0: expect.any(Number) });
    on.mock.faults.delete("fault");
    await settles("DCGM_FI_DEV_GPU_TEMP").toMatchObject({ 1: expect.any(Number) });
  });

  test("a dashboard goes dark when the dialect changes", async () => {
    on.put("dcgm.dialect", { to: "4.9" });
    await settles("DCGM_FI_DEV_GPU_UTIL").toEqual({});
    await settles("DCGM_FI_DEV_FB_CAPACITY_BYTES / 1048576").toEqual({ 0: 143_771, 1: 143_771 });
  });

  test("a number that is none, a metric that is missing, a sample that stays", async () => {
    on.put("dcgm.nan", { metric: "DCGM_FI_DEV_GPU_TEMP" });
    await settles("DCGM_FI_DEV_GPU_TEMP").toEqual({ 0: NaN, 1: NaN });
    on.put("dcgm.missingField");
    await settles("DCGM_FI_DEV_GPU_UTIL").toEqual({});
    on.put("dcgm.stale", { seconds: 86_400 });
    await settles("DCGM_FI_DEV_GPU_UTIL").toMatchObject({ 0: 0 });
    await settles("changes(DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION[5s])").toEqual({ 0: 0, 1: 0 });
  });
});

/** What stands on the path may be a script that asks for more (pyenv): these say where they are themselves. */
const WHERE: Readonly<Record<string, string>> = {
  node: process.execPath,
  python3: execaSync("python3", ["-c", "import sys; print(sys.executable)"]).stdout,
};

describe("the program needs only one of these", () => {
  test.each(["curl", "wget", "python3", "bash", "node"])("%s", async (way) => {
    await using on = await bench({ count: "2" });
    const bin = mkdtempSync(join(tmpdir(), "fd-way-"));
    try {
      const program = join(bin, "nvidia-smi");
      copyFileSync(fileURLToPath(new URL("program/nvidia-smi.sh", import.meta.url)), program);
      chmodSync(program, 0o755);
      const path = WHERE[way] ?? execaSync("sh", ["-c", `command -v ${way}`]).stdout;
      // No link: an interpreter looks for its library beside the name it is called by.
      writeFileSync(join(bin, way), `#!/bin/sh\nexec "${path}" "$@"\n`, { mode: 0o755 });
      const env = { PATH: bin, FIREDRILL_GPU_URL: on.api };
      const run = (...args: string[]) =>
        execa("/bin/sh", [program, ...args], {
          env,
          extendEnv: false,
          reject: false,
          stripFinalNewline: false,
        });
      const { stdout, exitCode } = await run("--query-gpu=index,name", "--format=csv,noheader");
      expect([stdout, exitCode]).toEqual(["0, NVIDIA H100 80GB HBM3\n1, NVIDIA H100 80GB HBM3\n", 0]);
      on.put("noDevices");
      expect(await run()).toMatchObject({ stdout: "No devices were found\n", exitCode: 6 });
    } finally {
      rmSync(bin, { recursive: true });
    }
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
