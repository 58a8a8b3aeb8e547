import { expect, test } from "vitest";
import { bench } from "../gpu.testkit.ts";
import { GPU_FIELDS } from "./fields.ts";
import type { SmiResult } from "./result.ts";

/*
 * What real cards printed: utkuozdemir/nvidia_gpu_exporter, internal/captures, commit e656cd81a180, driver 590.48.01 on an
 * H200 and an H100 80GB HBM3 (L40S: 595.80). Most of these were otherwise here while they stood on memory.
 */
const HEADINGS =
  `timestamp, driver_version, vgpu_driver_capability.heterogenous_multivGPU, count, name, serial, uuid,
  pci.bus_id, pci.domain, pci.bus, pci.device, pci.baseClass, pci.subClass, pci.device_id, pci.sub_device_id,
  vgpu_device_capability.fractional_multiVgpu, vgpu_device_capability.heterogeneous_timeSlice_profile,
  vgpu_device_capability.heterogeneous_timeSlice_sizes, vgpu_device_capability.homogeneous_placements,
  vgpu_device_capability.mig_timeSlicing, vgpu_device_capability.mig_timeSlicing_mode, pcie.link.gen.current,
  pcie.link.gen.gpucurrent, pcie.link.gen.max, pcie.link.gen.gpumax, pcie.link.gen.hostmax, pcie.link.width.current,
  pcie.link.width.max, index, display_mode, display_attached, display_active, persistence_mode, addressing_mode,
  accounting.mode, accounting.buffer_size, driver_model.current, driver_model.pending, vbios_version, inforom.img,
  inforom.oem, inforom.ecc, inforom.pwr, inforom.checksum_validation, gpu_recovery_action, gom.current, gom.pending,
  fan.speed [%], pstate, clocks_event_reasons.supported, clocks_event_reasons.active, clocks_event_reasons.gpu_idle,
  clocks_event_reasons.applications_clocks_setting, clocks_event_reasons.sw_power_cap, clocks_event_reasons.hw_slowdown,
  clocks_event_reasons.hw_thermal_slowdown, clocks_event_reasons.hw_power_brake_slowdown,
  clocks_event_reasons.sw_thermal_slowdown, clocks_event_reasons.sync_boost,
  clocks_event_reasons_counters.sw_power_cap [us], clocks_event_reasons_counters.sync_boost [us],
  clocks_event_reasons_counters.sw_thermal_slowdown [us], clocks_event_reasons_counters.hw_thermal_slowdown [us],
  clocks_event_reasons_counters.hw_power_brake_slowdown [us], memory.total [MiB], memory.reserved [MiB],
  memory.used [MiB], memory.free [MiB], compute_mode, compute_cap, utilization.gpu [%], utilization.memory [%],
  utilization.encoder [%], utilization.decoder [%], utilization.jpeg [%], utilization.ofa [%],
  encoder.stats.sessionCount, encoder.stats.averageFps, encoder.stats.averageLatency, dramEncryption.mode.current,
  dramEncryption.mode.pending, ecc.mode.current, ecc.mode.pending, ECC,
  ecc.errors.uncorrected.volatile.sram.parity, ecc.errors.uncorrected.volatile.sram.secded,
  ecc.errors.uncorrected.aggregate.sram.parity, ecc.errors.uncorrected.aggregate.sram.secded,
  ecc.errors.uncorrected.aggregate.sram.thresholdExceeded, ecc.errors.uncorrected.aggregate.sram.l2,
  ecc.errors.uncorrected.aggregate.sram.sm, ecc.errors.uncorrected.aggregate.sram.mcu,
  ecc.errors.uncorrected.aggregate.sram.pcie, ecc.errors.uncorrected.aggregate.sram.other,
  retired_pages.single_bit_ecc.count, retired_pages.double_bit.count, retired_pages.pending,
  remapped_rows.correctable, remapped_rows.uncorrectable, remapped_rows.pending, remapped_rows.failure,
  remapped_rows.histogram.max, remapped_rows.histogram.high, remapped_rows.histogram.partial,
  remapped_rows.histogram.low, remapped_rows.histogram.none, temperature.gpu, temperature.gpu.tlimit,
  temperature.memory, power.management, power.draw [W], power.draw.average [W], power.draw.instant [W],
  power.limit [W], enforced.power.limit [W], power.default_limit [W], power.min_limit [W], power.max_limit [W],
  module.power.draw.average [W], module.power.draw.instant [W], module.power.limit [W],
  module.enforced.power.limit [W], module.power.default_limit [W], module.power.min_limit [W],
  module.power.max_limit [W], power_smoothing.delayed_power_smoothing_supported,
  power_smoothing.primary_power_floor [W], power_smoothing.secondary_power_floor [W],
  power_smoothing.min_primary_floor_activation_offset [W], power_smoothing.min_primary_floor_activation_point [W],
  power_smoothing.window_multiplier [ms], power_smoothing.curr_profile.secondary_power_floor [W],
  power_smoothing.curr_profile.primary_floor_act_window_multiplier,
  power_smoothing.curr_profile.primary_floor_tar_window_multiplier,
  power_smoothing.curr_profile.primary_floor_act_offset [W], power_smoothing.admin_override.secondary_power_floor [W],
  power_smoothing.admin_override.primary_floor_act_window_multiplier,
  power_smoothing.admin_override.primary_floor_tar_window_multiplier,
  power_smoothing.admin_override.primary_floor_act_offset [W], edpp_multiplier [%], clocks.current.graphics [MHz],
  clocks.current.sm [MHz], clocks.current.memory [MHz], clocks.current.video [MHz],
  clocks.applications.graphics [MHz], clocks.applications.memory [MHz], clocks.default_applications.graphics [MHz],
  clocks.default_applications.memory [MHz], clocks.max.graphics [MHz], clocks.max.sm [MHz], clocks.max.memory [MHz],
  mig.mode.current, mig.mode.pending, gsp.mode.current, gsp.mode.default, c2c.mode, protected_memory.total [MiB],
  protected_memory.used [MiB], protected_memory.free [MiB], fabric.state, fabric.status, fabric.cliqueId,
  fabric.clusterUuid, fabric.health.summary, fabric.health.bandwidth, fabric.health.route_recovery_in_progress,
  fabric.health.route_unhealthy, fabric.health.access_timeout_recovery, fabric.health.incorrect_configuration,
  platform.chassis_serial_number, platform.slot_number, platform.tray_index, platform.host_id, platform.peer_type,
  platform.module_id, platform.gpu_fabric_guid, hostname`
    .split(/,\s+/)
    .flatMap((heading) => (heading === "ECC" ? eccHeadings() : [heading]));

function eccHeadings(): string[] {
  const places = "device_memory dram register_file l1_cache l2_cache texture_memory cbu sram total".split(
    " ",
  );
  return ["corrected", "uncorrected"].flatMap((kind) =>
    ["volatile", "aggregate"].flatMap((since) =>
      places.map((place) => `ecc.errors.${kind}.${since}.${place}`),
    ),
  );
}

async function asked(settings: Record<string, string>): Promise<Readonly<Record<string, string>>> {
  await using on = await bench(settings);
  const names = GPU_FIELDS.map(({ name }) => name).join(",");
  const { stdout } = await on.ask<SmiResult>("/nvidia-smi", {
    args: [`--query-gpu=${names}`, "--format=csv"],
  });
  const [head = "", row = ""] = stdout.split("\n");
  expect(head.split(", ")).toEqual(HEADINGS);
  const values = row.split(", ");
  return Object.fromEntries(HEADINGS.map((heading, at) => [heading, values[at] ?? ""]));
}

/** But what differs from machine to machine and from moment to moment. */
test("an idle H200 has the headings and the values of the capture", async () => {
  const deprecated = "[Requested functionality has been deprecated]";
  expect(await asked({ card: "h200" })).toMatchObject({
    display_mode: deprecated,
    display_attached: "Yes",
    "inforom.checksum_validation": "valid",
    gpu_recovery_action: "None",
    "clocks_event_reasons.supported": "0x00000000000001FF",
    "clocks_event_reasons.active": "0x0000000000000001",
    "clocks_event_reasons_counters.sw_power_cap [us]": "0 us",
    "memory.total [MiB]": "143771 MiB",
    "memory.reserved [MiB]": "614 MiB",
    "ecc.errors.corrected.volatile.dram": "0",
    "ecc.errors.corrected.volatile.register_file": "[N/A]",
    "ecc.errors.corrected.volatile.cbu": "[N/A]",
    "ecc.errors.corrected.volatile.sram": "0",
    "ecc.errors.uncorrected.aggregate.sram.thresholdExceeded": "No",
    "retired_pages.pending": "[N/A]",
    "remapped_rows.correctable": "0",
    "remapped_rows.pending": "No",
    "remapped_rows.histogram.max": "3072",
    "power.management": deprecated,
    "power.limit [W]": "700.00 W",
    "module.power.limit [W]": "[N/A]",
    "power_smoothing.window_multiplier [ms]": "[N/A]",
    "edpp_multiplier [%]": "100.00 %",
    "clocks.current.graphics [MHz]": "345 MHz",
    "clocks.current.video [MHz]": "765 MHz",
    "clocks.applications.graphics [MHz]": deprecated,
    "clocks.max.sm [MHz]": "1980 MHz",
    "protected_memory.total [MiB]": "0 MiB",
    "c2c.mode": "Disabled",
    "fabric.state": "Completed",
    "fabric.status": "Success",
    "fabric.health.summary": "N/A",
    "platform.chassis_serial_number": "",
    "platform.peer_type": "Direct Connected",
    hostname: "[N/A]",
  });
});

test("an L40S has rows to remap, no fabric, no temperature of its memory; an RTX has neither", async () => {
  expect(await asked({ card: "l40s" })).toMatchObject({
    "remapped_rows.correctable": "0",
    "remapped_rows.histogram.max": "192",
    "temperature.memory": "N/A",
    "edpp_multiplier [%]": "[N/A]",
    "c2c.mode": "[N/A]",
    "fabric.state": "N/A",
    "mig.mode.current": "[N/A]",
  });
  expect(await asked({ card: "4090" })).toMatchObject({
    serial: "[N/A]",
    "remapped_rows.pending": "[N/A]",
    "remapped_rows.histogram.max": "[N/A]",
    "temperature.memory": "N/A",
  });
});

test("a divided card says neither how busy it is nor which rows it remapped", async () => {
  await using on = await bench({ card: "h200" });
  on.put("migToggle");
  await on.advance(1);
  const { stdout } = await on.ask<SmiResult>("/nvidia-smi", {
    args: [
      "--query-gpu=utilization.gpu,remapped_rows.correctable,remapped_rows.histogram.max",
      "--format=csv,noheader",
    ],
  });
  expect(stdout).toBe("[N/A], [N/A], 3072\n");
  const table = (await on.ask<SmiResult>("/nvidia-smi", { args: [] })).stdout;
  expect(table).toContain("|                   On |");
  expect(table).toContain("|     N/A      Default |");
});

test("the table is the capture's, sign by sign, but for its numbers", async () => {
  await using on = await bench({ card: "h200" });
  const { pid } = await on.ask<{ pid: number }>("/jobs", { name: "./gpu_burn", memoryMib: 28_234 });
  await on.advance(600);
  const { stdout } = await on.ask<SmiResult>("/nvidia-smi", { args: [] });
  const captured = `Thu Jan  1 00:10:00 2026       
+-----------------------------------------------------------------------------------------+
| NVIDIA-SMI 590.48.01              Driver Version: 590.48.01      CUDA Version: 13.1     |
+-----------------------------------------+------------------------+----------------------+
| GPU  Name                 Persistence-M | Bus-Id          Disp.A | Volatile Uncorr. ECC |
| Fan  Temp   Perf          Pwr:Usage/Cap |           Memory-Usage | GPU-Util  Compute M. |
|                                         |                        |               MIG M. |
|=========================================+========================+======================|
|   0  NVIDIA H200                    On  |   BUSID Off |                    0 |
| N/A   52C    P0            WATTS /  700W |   28234MiB / 143771MiB |    100%      Default |
|                                         |                        |             Disabled |
+-----------------------------------------+------------------------+----------------------+

+-----------------------------------------------------------------------------------------+
| Processes:                                                                              |
|  GPU   GI   CI              PID   Type   Process name                        GPU Memory |
|        ID   ID                                                               Usage      |
|=========================================================================================|
|    0   N/A  N/A PID      C   ./gpu_burn                            28234MiB |
+-----------------------------------------------------------------------------------------+
`;
  const seen = stdout
    .replace(/00000000:[0-9A-F]{2}:00\.0/, "BUSID")
    .replace(/\d{3}W \//, "WATTS /")
    .replace(String(pid).padStart(16), " PID");
  expect(seen).toBe(captured);
});

test("-q writes its colons and its time where the captures have them", async () => {
  await using on = await bench({ card: "h200" });
  const { stdout } = await on.ask<SmiResult>("/nvidia-smi", { args: ["-q"] });
  for (const line of [
    "Timestamp                                              : Thu Jan  1 00:00:00 2026",
    "Driver Version                                         : 590.48.01",
    "    Product Name                                       : NVIDIA H200",
    "        Average Power Draw                             : ",
    "            SRAM Uncorrectable SEC-DED                 : 0",
  ])
    expect(stdout).toContain(line);
});
