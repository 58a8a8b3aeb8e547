import { expect } from "vitest";
import { sampleOf } from "../gpu.testkit.ts";
import { dmesg, ending, job, node, PROMPT, query } from "./case.testkit.ts";
import type { Case } from "./case.testkit.ts";

/** What happens to the card and what runs on it. */
export const HARDWARE_CASES: readonly Case[] = [
  {
    kind: "xid",
    async see(on) {
      const pid = await job(on, { name: "trainer" });
      on.put("xid", { code: 31 });
      expect(await ending(on, pid)).toMatchObject({ running: false, end: { why: "xid 31" } });
      expect(await dmesg(on)).toContain(
        `NVRM: Xid (PCI:0000:01:00): 31, pid=${pid}, name=trainer, Ch 00000010, intr 00000000. MMU Fault`,
      );
      expect((await on.run("nvidia-smi", "-L")).exitCode).toBe(0);
    },
  },
  {
    kind: "busDrop",
    settings: { count: "2" },
    async see(on) {
      const pid = await job(on, { gpu: 1 });
      on.put("busDrop", { gpu: 1 });
      expect(await on.run("nvidia-smi")).toMatchObject({
        exitCode: 15,
        stdout: "Unable to determine the device handle for GPU1: 0000:11:00.0: Unknown Error\n",
      });
      expect((await query(on, "index", "-i", "0")).stdout).toBe("0\n");
      expect(await on.graphics()).toHaveLength(1);
      expect(await ending(on, pid)).toMatchObject({ running: false, end: { why: "xid 79" } });
      expect(await dmesg(on)).toMatch(
        /Xid \(PCI:0000:11:00\): 79, .*GPU has fallen off the bus\.\n.*GPU 0000:11:00\.0: GPU has fallen off the bus\./,
      );
      expect((await node(on)).capacity).toEqual({ "nvidia.com/gpu": "1" });
      on.put("busDrop", { gpu: 0, show: "fields" });
      expect(await query(on, "index,memory.used", "-i", "0")).toMatchObject({
        exitCode: 15,
        stdout: "0, [GPU is lost]\n",
      });
    },
  },
  {
    kind: "ecc",
    async see(on) {
      on.put("ecc", { sbePerHour: 36_000 });
      await on.advance(10);
      expect((await query(on, "ecc.errors.corrected.volatile.total")).stdout).toBe("1100\n");
      expect(await dmesg(on)).toContain(": 92, ");
    },
  },
  {
    kind: "doubleBit",
    async see(on) {
      const pid = await job(on);
      on.put("doubleBit", { dbe: 2 });
      expect((await query(on, "ecc.errors.uncorrected.volatile.total")).stdout).toBe("2\n");
      const rows = ["--query-remapped-rows=remapped_rows.pending", "--format=csv,noheader"];
      expect((await on.run("nvidia-smi", ...rows)).stdout).toBe("1\n");
      expect(await ending(on, pid)).toMatchObject({ running: false });
      expect((await on.run("nvidia-smi", "--gpu-reset", "-i", "0")).stdout).toContain(
        "was successfully reset",
      );
      expect((await on.run("nvidia-smi", ...rows)).stdout).toBe("0\n");
      expect(
        (await query(on, "ecc.errors.uncorrected.volatile.total,ecc.errors.uncorrected.aggregate.total"))
          .stdout,
      ).toBe("0, 2\n");
    },
  },
  {
    kind: "rowRemap",
    async see(on) {
      on.put("rowRemap", { state: "failed" });
      const rows = ["--query-remapped-rows=remapped_rows.failure", "--format=csv,noheader"];
      expect((await on.run("nvidia-smi", ...rows)).stdout).toBe("1\n");
      expect(await dmesg(on)).toContain(": 64, ");
    },
  },
  {
    kind: "thermal",
    async see(on) {
      await job(on);
      await on.advance(300);
      on.put("thermal", { ambientC: 45, fanFail: true });
      await on.advance(300);
      const [gpu] = await on.graphics();
      expect(gpu?.temperatureGpu).toBeGreaterThan(75);
      expect(gpu?.clockCore).toBeLessThan(1_600);
      expect((await query(on, "clocks_throttle_reasons.sw_thermal_slowdown")).stdout).toBe("Active\n");
    },
  },
  {
    kind: "powerCap",
    async see(on) {
      await job(on);
      on.put("powerCap", { watts: 250 });
      await on.advance(5);
      const [gpu] = await on.graphics();
      expect([gpu?.powerDraw, gpu?.powerLimit]).toEqual([250, 250]);
      expect(gpu?.clockCore).toBeLessThan(1_500);
      expect((await query(on, "clocks_event_reasons.sw_power_cap")).stdout).toBe("Active\n");
    },
  },
  {
    kind: "vramLeak",
    async see(on) {
      const pid = await job(on, { memoryMib: 60_000 });
      on.put("vramLeak", { MiBPerMin: 5_000 });
      await on.advance(60);
      expect((await on.graphics())[0]?.memoryUsed).toBe(65_000);
      await on.advance(300);
      expect(await ending(on, pid)).toMatchObject({ running: false, end: { why: "CUDA out of memory" } });
      expect((await query(on, "memory.used")).stdout).toBe("30000\n");
      on.mock.faults.delete("fault");
      await on.advance(60);
      expect((await query(on, "memory.used")).stdout).toBe("30000\n");
      await on.run("nvidia-smi", "--gpu-reset", "-i", "0");
      expect((await query(on, "memory.used")).stdout).toBe("0\n");
    },
  },
  {
    kind: "oom",
    async see(on) {
      const small = await job(on, { memoryMib: 100 });
      const large = await job(on, { memoryMib: 900 });
      on.put("oom");
      const apps = ["--query-compute-apps=pid", "--format=csv,noheader"];
      expect((await on.run("nvidia-smi", ...apps)).stdout).toBe(`${small}\n`);
      expect(await ending(on, large)).toMatchObject({ end: { exitCode: 137, why: "out of memory" } });
    },
  },
  {
    kind: "nvlinkDown",
    settings: PROMPT,
    async see(on) {
      await job(on);
      await on.advance(2);
      const before = sampleOf(await on.scrape(), "DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL");
      on.put("nvlinkDown", { links: 9 });
      await on.advance(2);
      expect((await on.run("nvidia-smi", "nvlink", "-s")).stdout.match(/<inactive>/g)).toHaveLength(9);
      expect(before).toBeGreaterThan(0);
      expect(sampleOf(await on.scrape(), "DCGM_FI_DEV_XID_ERRORS")).toBe(74);
    },
  },
  {
    kind: "pcieDowngrade",
    settings: PROMPT,
    async see(on) {
      on.put("pcieDowngrade", { gen: 1, width: 4 });
      await on.advance(10);
      expect(
        (await query(on, "pcie.link.gen.current,pcie.link.gen.max,pcie.link.width.current")).stdout,
      ).toBe("1, 5, 4\n");
      expect(sampleOf(await on.scrape(), "DCGM_FI_DEV_PCIE_REPLAY_COUNTER")).toBeGreaterThan(0);
    },
  },
  {
    kind: "migToggle",
    async see(on) {
      const pid = await job(on);
      on.put("migToggle");
      expect((await query(on, "mig.mode.current")).stdout).toBe("Enabled\n");
      expect((await on.run("nvidia-smi", "-L")).stdout.match(/MIG 1g\.10gb/g)).toHaveLength(7);
      expect((await node(on)).capacity).toEqual({ "nvidia.com/gpu": "0", "nvidia.com/mig-1g.10gb": "7" });
      expect(await ending(on, pid)).toMatchObject({ running: false });
    },
  },
];
