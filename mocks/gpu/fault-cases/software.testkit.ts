import { expect } from "vitest";
import { sampleOf } from "../gpu.testkit.ts";
import { dmesg, node, PROMPT } from "./case.testkit.ts";
import type { Case } from "./case.testkit.ts";

/** What happens to the driver, the node and the metrics. */
export const SOFTWARE_CASES: readonly Case[] = [
  {
    kind: "hang",
    async see(on) {
      on.mock.clock.set({ kind: "jump" });
      on.put("hang", { nvidiaSmiSec: 40 });
      const before = on.mock.clock.nowMs();
      expect(await on.run("nvidia-smi")).toMatchObject({
        exitCode: 255,
        stdout: expect.stringContaining("Unknown Error"),
      });
      expect(on.mock.clock.nowMs() - before).toBe(40_000);
      expect(await dmesg(on)).toContain(": 119, ");
    },
  },
  {
    kind: "driverMismatch",
    async see(on) {
      on.put("driverMismatch");
      expect(await on.run("nvidia-smi")).toMatchObject({
        exitCode: 18,
        stdout: expect.stringContaining("Driver/library version mismatch"),
      });
      expect((await on.graphics())[0]).not.toHaveProperty("memoryTotal");
    },
  },
  {
    kind: "driverDown",
    async see(on) {
      for (const [how, exitCode] of [
        ["notLoaded", 9],
        ["noLibrary", 12],
        ["infoRom", 14],
      ] as const) {
        on.put("driverDown", { how });
        expect((await on.run("nvidia-smi", "-L")).exitCode).toBe(exitCode);
      }
      expect((await node(on)).capacity).toEqual({ "nvidia.com/gpu": "0" });
    },
  },
  {
    kind: "noDevices",
    async see(on) {
      on.put("noDevices");
      expect(await on.run("nvidia-smi")).toMatchObject({ exitCode: 6, stdout: "No devices were found\n" });
      expect(await on.scrape()).toBe("");
    },
  },
  {
    kind: "capacity",
    settings: { count: "4" },
    async see(on) {
      on.put("capacity", { n: 3 });
      expect((await node(on)).capacity).toEqual({ "nvidia.com/gpu": "1" });
    },
  },
  {
    kind: "capacityGone",
    async see(on) {
      on.put("capacityGone");
      expect(await node(on)).toMatchObject({
        capacity: {},
        withdrawn: ["nvidia.com/gpu", "nvidia.com/mig-1g.10gb"],
      });
    },
  },
  {
    kind: "capacityFlap",
    settings: { count: "2" },
    async see(on) {
      on.put("capacityFlap", { n: 1, periodSec: 20 });
      const seen: (string | undefined)[] = [];
      for (let at = 0; at < 4; at++) {
        seen.push((await node(on)).capacity["nvidia.com/gpu"]);
        await on.advance(10);
      }
      expect(seen).toEqual(["2", "1", "2", "1"]);
    },
  },
  {
    kind: "labelLoss",
    async see(on) {
      on.put("labelLoss", { labels: ["nvidia.com/gpu.product"] });
      const { labels } = await node(on);
      expect([labels["nvidia.com/gpu.present"], labels["nvidia.com/gpu.product"]]).toEqual([
        "true",
        undefined,
      ]);
    },
  },
  {
    kind: "taint",
    async see(on) {
      on.put("taint");
      expect((await node(on)).taints).toEqual([
        { key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" },
      ]);
    },
  },
  {
    kind: "notReady",
    async see(on) {
      on.put("notReady");
      expect((await node(on)).ready).toBe(false);
    },
  },
  {
    kind: "dcgm.dialect",
    async see(on) {
      expect(sampleOf(await on.scrape(), "DCGM_FI_DEV_SM_CLOCK")).toBe(345);
      on.put("dcgm.dialect", { to: "4.9" });
      const text = await on.scrape();
      expect(sampleOf(text, "DCGM_FI_DEV_SM_CLOCK")).toBeNull();
      expect(sampleOf(text, "DCGM_FI_DEV_SM_CLOCK_HERTZ")).toBe(345e6);
      expect(text).toContain('DCGM_FI_SYSTEM_DRIVER_VERSION="590.48.01"');
    },
  },
  {
    kind: "dcgm.stale",
    settings: PROMPT,
    async see(on) {
      await on.advance(5);
      on.put("dcgm.stale", { seconds: 60 });
      await on.ask("/jobs", { memoryMib: 500 });
      await on.advance(30);
      expect(sampleOf(await on.scrape(), "DCGM_FI_DEV_FB_USED")).toBe(0);
      await on.advance(31);
      expect(sampleOf(await on.scrape(), "DCGM_FI_DEV_FB_USED")).toBe(500);
    },
  },
  {
    kind: "dcgm.nan",
    async see(on) {
      on.put("dcgm.nan", { metric: "DCGM_FI_DEV_GPU_TEMP" });
      const text = await on.scrape();
      expect(sampleOf(text, "DCGM_FI_DEV_GPU_TEMP")).toBeNaN();
      expect(sampleOf(text, "DCGM_FI_DEV_POWER_USAGE")).toBe(70);
    },
  },
  {
    kind: "dcgm.missingField",
    async see(on) {
      on.put("dcgm.missingField");
      const text = await on.scrape();
      expect(text).not.toContain("DCGM_FI_DEV_GPU_UTIL");
      expect(sampleOf(text, "DCGM_FI_DEV_GPU_TEMP")).toBe(29);
    },
  },
];
