import type { GpuReading } from "../machine/reading.ts";
import { fanPercent } from "./fields-card.ts";
import { memoryCelsius } from "./fields-load.ts";
import { hasRowRemapper } from "./remapped-rows.ts";
import { longTime } from "./field.ts";
import type { SmiContext } from "./field.ts";

/** What `-q` shows, as a tree: text with indents, or XML whose tags are the labels in lower case. */
type Entry = readonly [label: string, value: string | number | null | readonly Entry[], tag?: string];

/** `-d`: its words and the sections that they mean. */
const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  MEMORY: ["FB Memory Usage"],
  UTILIZATION: ["Utilization"],
  ECC: ["ECC Mode", "ECC Errors"],
  TEMPERATURE: ["Temperature"],
  POWER: ["GPU Power Readings"],
  CLOCK: ["Clocks", "Max Clocks"],
  PIDS: ["Processes"],
  PERFORMANCE: ["Performance State", "Clocks Event Reasons"],
  ROW_REMAPPER: ["Remapped Rows"],
};

/** `-q`, or `-q -d MEMORY,POWER`. Null: no such section. */
export function fullText(gpus: readonly GpuReading[], context: SmiContext, sections: string): string | null {
  const words = sections === "" ? [] : sections.toUpperCase().split(",");
  if (words.some((word) => SECTIONS[word] === undefined)) return null;
  const wanted = words.flatMap((word) => SECTIONS[word] ?? []);
  const shown = (gpu: GpuReading) =>
    treeOf(gpu).filter(([label]) => wanted.length === 0 || wanted.includes(label));
  const head = [
    "\n==============NVSMI LOG==============\n",
    pair("Timestamp", longTime(context.timestamp), 0),
    pair("Driver Version", context.settings.driver, 0),
    pair("CUDA Version", context.settings.cuda, 0),
    "",
    pair("Attached GPUs", context.count, 0),
  ];
  const each = gpus.map((gpu) => `GPU ${gpu.identity.busId}\n${lines(shown(gpu), 1).join("\n")}\n`);
  return `${head.join("\n")}\n${each.join("\n")}\n`;
}

/** `-q -x`. */
export function fullXml(gpus: readonly GpuReading[], context: SmiContext): string {
  const each = gpus.map(
    (gpu) => `\t<gpu id="${gpu.identity.busId}">\n${elements(treeOf(gpu), 2).join("\n")}\n\t</gpu>\n`,
  );
  return [
    '<?xml version="1.0" ?>',
    '<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v13.dtd">',
    "<nvidia_smi_log>",
    ...elements(
      [
        ["Timestamp", longTime(context.timestamp)],
        ["Driver Version", context.settings.driver],
        ["CUDA Version", context.settings.cuda],
        ["Attached GPUs", context.count],
      ],
      1,
    ),
    `${each.join("\n")}</nvidia_smi_log>\n`,
  ].join("\n");
}

function treeOf(gpu: GpuReading): readonly Entry[] {
  const { card, identity, memory, moment, ecc, remaps, pcie, mig } = gpu;
  const active = (is: boolean) => (is ? "Active" : "Not Active");
  const counts = (kind: "volatile" | "aggregate"): readonly Entry[] => [
    ["SRAM Correctable", card.ecc === "on" ? 0 : null],
    ["SRAM Uncorrectable Parity", card.ecc === "on" ? 0 : null],
    ["SRAM Uncorrectable SEC-DED", card.ecc === "on" ? 0 : null, "sram_uncorrectable_secded"],
    ["DRAM Correctable", card.ecc === "on" ? ecc[kind].corrected : null],
    ["DRAM Uncorrectable", card.ecc === "on" ? ecc[kind].uncorrected : null],
  ];
  const eccMode = card.ecc === "absent" ? null : card.ecc === "on" ? "Enabled" : "Disabled";
  const migMode = card.mig === null ? null : mig ? "Enabled" : "Disabled";
  const clocks = (sm: number, mem: number): readonly Entry[] => [
    ["Graphics", `${sm} MHz`, "graphics_clock"],
    ["SM", `${sm} MHz`, "sm_clock"],
    ["Memory", `${mem} MHz`, "mem_clock"],
  ];
  return [
    ["Product Name", card.name],
    ["Product Architecture", card.architecture],
    ["Persistence Mode", "Enabled"],
    [
      "MIG Mode",
      [
        ["Current", migMode, "current_mig"],
        ["Pending", migMode, "pending_mig"],
      ],
    ],
    ["Serial Number", card.fan ? null : identity.serial, "serial"],
    ["GPU UUID", identity.uuid, "uuid"],
    ["Minor Number", identity.index],
    [
      "PCI",
      [
        ["Bus", `0x${identity.busId.slice(9, 11)}`, "pci_bus"],
        ["Device Id", card.pciId.device, "pci_device_id"],
        ["Bus Id", identity.busId, "pci_bus_id"],
        ["Sub System Id", card.pciId.subsystem, "pci_sub_system_id"],
        [
          "GPU Link Info",
          [
            [
              "PCIe Generation",
              [
                ["Max", card.pcie.gen, "max_link_gen"],
                ["Current", pcie.gen, "current_link_gen"],
              ],
              "pcie_gen",
            ],
            [
              "Link Width",
              [
                ["Max", `${card.pcie.width}x`, "max_link_width"],
                ["Current", `${pcie.width}x`, "current_link_width"],
              ],
              "link_widths",
            ],
          ],
          "pci_gpu_link_info",
        ],
        ["Replays Since Reset", gpu.pcieReplays, "replay_counter"],
      ],
    ],
    ["Fan Speed", card.fan ? `${fanPercent(gpu)} %` : null],
    ["Performance State", gpu.state],
    [
      "Clocks Event Reasons",
      [
        ["Idle", active(moment.reasons.idle), "clocks_event_reason_gpu_idle"],
        ["Applications Clocks Setting", active(false), "clocks_event_reason_applications_clocks_setting"],
        ["SW Power Cap", active(moment.reasons.softwarePower), "clocks_event_reason_sw_power_cap"],
        [
          "HW Thermal Slowdown",
          active(moment.reasons.hardwareThermal),
          "clocks_event_reason_hw_thermal_slowdown",
        ],
        [
          "SW Thermal Slowdown",
          active(moment.reasons.softwareThermal),
          "clocks_event_reason_sw_thermal_slowdown",
        ],
      ],
    ],
    [
      "FB Memory Usage",
      [
        ["Total", `${memory.total} MiB`],
        ["Reserved", `${memory.reserved} MiB`],
        ["Used", `${memory.used} MiB`],
        ["Free", `${memory.free} MiB`],
      ],
    ],
    ["Compute Mode", "Default"],
    [
      "Utilization",
      [
        ["GPU", `${Math.round(moment.load.utilisation * 100)} %`, "gpu_util"],
        ["Memory", `${Math.round(moment.load.memoryUtilisation * 100)} %`, "memory_util"],
      ],
    ],
    [
      "ECC Mode",
      [
        ["Current", eccMode, "current_ecc"],
        ["Pending", eccMode, "pending_ecc"],
      ],
    ],
    [
      "ECC Errors",
      [
        ["Volatile", counts("volatile")],
        ["Aggregate", counts("aggregate")],
      ],
    ],
    [
      "Remapped Rows",
      hasRowRemapper(gpu)
        ? [
            ["Correctable Error", remaps.correctable, "remapped_row_corr"],
            ["Uncorrectable Error", remaps.uncorrectable, "remapped_row_unc"],
            ["Pending", remaps.pending ? "Yes" : "No", "remapped_row_pending"],
            ["Remapping Failure Occurred", remaps.failed ? "Yes" : "No", "remapped_row_failure"],
          ]
        : null,
    ],
    [
      "Temperature",
      [
        ["GPU Current Temp", `${Math.round(moment.celsius)} C`, "gpu_temp"],
        [
          "GPU T.Limit Temp",
          card.thermal.limitSum === null ? null : `${card.thermal.limitSum - Math.round(moment.celsius)} C`,
          "gpu_temp_tlimit",
        ],
        [
          "Memory Current Temp",
          memoryCelsius(gpu) === null ? null : `${memoryCelsius(gpu)} C`,
          "memory_temp",
        ],
      ],
    ],
    [
      "GPU Power Readings",
      [
        ["Average Power Draw", `${moment.watts.toFixed(2)} W`],
        ["Instantaneous Power Draw", `${moment.watts.toFixed(2)} W`, "instant_power_draw"],
        ["Current Power Limit", `${gpu.capWatts.toFixed(2)} W`],
        ["Requested Power Limit", `${gpu.capWatts.toFixed(2)} W`],
        ["Default Power Limit", `${card.power.limit.toFixed(2)} W`],
        ["Min Power Limit", `${card.power.min.toFixed(2)} W`],
        ["Max Power Limit", `${card.power.limit.toFixed(2)} W`],
      ],
    ],
    ["Clocks", clocks(moment.clockMhz, gpu.memoryClockMhz)],
    ["Max Clocks", clocks(card.clocks.boost, card.clocks.memory)],
    [
      "Processes",
      gpu.jobs.length === 0
        ? "None"
        : gpu.jobs.map((job): Entry => [
            "Process Info",
            [
              ["Process ID", job.pid, "pid"],
              ["Type", "C"],
              ["Name", job.name, "process_name"],
              ["Used GPU Memory", `${job.memoryMib} MiB`, "used_memory"],
            ],
          ]),
    ],
  ];
}

function lines(entries: readonly Entry[], depth: number): string[] {
  return entries.flatMap(([label, value]) =>
    isList(value)
      ? [`${"    ".repeat(depth)}${label}`, ...lines(value, depth + 1)]
      : [pair(label, value, depth)],
  );
}

/** Where the colons stand (captures of driver 590). */
const WIDTH = 55;

function pair(label: string, value: string | number | null, depth: number): string {
  return `${`${"    ".repeat(depth)}${label}`.padEnd(WIDTH)}: ${value ?? "N/A"}`;
}

function elements(entries: readonly Entry[], depth: number): string[] {
  const indent = "\t".repeat(depth);
  return entries.flatMap(([label, value, tag = tagOf(label)]) =>
    isList(value)
      ? [`${indent}<${tag}>`, ...elements(value, depth + 1), `${indent}</${tag}>`]
      : [`${indent}<${tag}>${escape(String(value ?? "N/A"))}</${tag}>`],
  );
}

function isList(value: Entry[1]): value is readonly Entry[] {
  return Array.isArray(value);
}

const tagOf = (label: string) => label.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_");
const escape = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
