import { expect, test } from "vitest";
import { bench } from "../gpu.testkit.ts";

/*
 * What NVIDIA/dcgm-exporter says at commit d5e5f510a1b6 (after 4.5.3-4.8.2): etc/default-counters.csv, render_metrics.go,
 * gpu_collector.go, expcollector.go, xid_errors.go, server.go; and NVIDIA/go-dcgm v1.4611.0. Most of these were otherwise here
 * while they stood on memory.
 */
const lineOf = (text: string, start: string): string =>
  text.split("\n").find((line) => line.startsWith(start)) ?? "";

test("help and type are those of the exporter's own list", async () => {
  await using on = await bench({ card: "h200", dcgmCounters: "health" });
  const text = await on.scrape();
  for (const line of [
    "# HELP DCGM_FI_DEV_PCIE_REPLAY_COUNTER Total number of PCIe retries.",
    "# HELP DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION Total energy consumption since boot (in mJ).",
    "# HELP DCGM_FI_DEV_XID_ERRORS Value of the last XID error encountered.",
    "# HELP DCGM_FI_DEV_VGPU_LICENSE_STATUS vGPU License status",
    "# HELP DCGM_FI_PROF_GR_ENGINE_ACTIVE Ratio of time the graphics engine is active.",
    "# TYPE DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL counter",
    "# HELP DCGM_EXP_XID_ERRORS_COUNT reported XIDs during last window",
    "# TYPE DCGM_EXP_XID_ERRORS_COUNT counter",
    "# HELP DCGM_EXP_CLOCK_EVENTS_COUNT reported clock events",
  ])
    expect(text.split("\n")).toContain(line);
});

test("labels in the exporter's order: fixed ones, fields, then the pod's and the XID's by name", async () => {
  await using on = await bench({ card: "h200", dcgmIntervalMs: "1000", dcgmCounters: "health" });
  const { pid } = await on.ask<{ pid: number }>("/jobs", { name: "trainer", memoryMib: 1 });
  await on.advance(1);
  expect(lineOf(await on.scrape(), "DCGM_FI_DEV_XID_ERRORS{")).toMatch(
    new RegExp(
      `^DCGM_FI_DEV_XID_ERRORS\\{gpu="0",UUID="GPU-[^"]+",pci_bus_id="[^"]+",device="nvidia0",modelName="NVIDIA H200",hostname="[^"]+",DCGM_FI_DRIVER_VERSION="590.48.01",container="trainer",err_code="0",err_msg="No Error",namespace="default",pod="trainer-${pid}"\\} 0$`,
    ),
  );
  on.put("xid", { code: 94 });
  await on.advance(2);
  const text = await on.scrape();
  expect(lineOf(text, "DCGM_FI_DEV_XID_ERRORS{")).toContain('err_code="94",err_msg="Contained ECC error"');
  expect(lineOf(text, "DCGM_EXP_XID_ERRORS_COUNT{")).toMatch(
    /DCGM_FI_DRIVER_VERSION="590.48.01",window_size_in_ms="300000",xid="94"\} 1$/,
  );
});

test("nothing counted is one sample of 0; clock events have DCGM's names", async () => {
  await using on = await bench({ card: "h200", dcgmIntervalMs: "1000", dcgmCounters: "health" });
  const text = await on.scrape();
  expect(lineOf(text, "DCGM_EXP_XID_ERRORS_COUNT{")).toMatch(/,window_size_in_ms="300000"\} 0$/);
  expect(lineOf(text, "DCGM_EXP_CLOCK_EVENTS_COUNT{")).toContain('clock_event="gpu_idle"');
  on.put("powerCap", { watts: 300 });
  await on.ask("/jobs", {});
  await on.advance(60);
  expect(await on.scrape()).toContain('clock_event="power_cap"');
});

test("4.9 calls retired pages otherwise", async () => {
  await using on = await bench({ card: "h200", dcgm: "4.9", dcgmCounters: "health" });
  const text = await on.scrape();
  for (const name of ["PAGE_RETIRED_SBE_TOTAL", "PAGE_RETIRED_DBE_TOTAL", "PAGE_RETIRED_PENDING"])
    expect(text).toContain(`# TYPE DCGM_FI_DEV_${name} counter`);
});

test("an L40S has rows to remap, an old T4 has not", async () => {
  for (const [card, has] of [
    ["l40s", true],
    ["t4", false],
  ] as const) {
    await using on = await bench({ card });
    expect((await on.scrape()).includes("DCGM_FI_DEV_ROW_REMAP_FAILURE")).toBe(has);
  }
});

test("types that Go finds out for itself, and the way to /health", async () => {
  await using on = await bench();
  const metrics = await fetch(`${on.dcgm}/metrics`);
  expect([metrics.headers.get("content-type"), metrics.headers.get("x-content-type-options")]).toEqual([
    "text/plain; charset=utf-8",
    "nosniff",
  ]);
  expect(await (await fetch(`${on.dcgm}/`)).text()).toContain('<a href="./health">Health</a>');
});
