import type { GpuReading } from "../machine/reading.ts";
import { longTime } from "./field.ts";
import type { SmiContext } from "./field.ts";
import { fanPercent } from "./fields-card.ts";

const WIDE = 89;
const COLUMNS = [41, 24, 22] as const;

/** As the captures show: 27 characters, the last three dots where there are more. */
const shortName = (name: string): string => (name.length > 27 ? `${name.slice(0, 24)}...` : name);

/**
 * `nvidia-smi` with no arguments, in the form of driver 590 (captures of utkuozdemir/nvidia_gpu_exporter, commit
 * e656cd81a180). The box of MIG devices is left out.
 */
export function tableText(gpus: readonly GpuReading[], context: SmiContext): string {
  const { driver, cuda } = context.settings;
  const versions = ` NVIDIA-SMI ${driver.padEnd(22)} Driver Version: ${driver.padEnd(14)} CUDA Version: ${cuda.padEnd(9)}`;
  return [
    `${longTime(context.timestamp)}       `,
    `+${"-".repeat(WIDE)}+`,
    `|${versions.padEnd(WIDE).slice(0, WIDE)}|`,
    `+${COLUMNS.map((width) => "-".repeat(width)).join("+")}+`,
    row([" GPU  Name                 Persistence-M ", " Bus-Id          Disp.A ", " Volatile Uncorr. ECC "]),
    row([" Fan  Temp   Perf          Pwr:Usage/Cap ", "           Memory-Usage ", " GPU-Util  Compute M. "]),
    row(["", "", "               MIG M. "]),
    `|${COLUMNS.map((width) => "=".repeat(width)).join("+")}|`,
    ...gpus.flatMap(gpuRows),
    "",
    `+${"-".repeat(WIDE)}+`,
    line(" Processes:"),
    line("  GPU   GI   CI              PID   Type   Process name                        GPU Memory "),
    line("        ID   ID                                                               Usage      "),
    `|${"=".repeat(WIDE)}|`,
    ...processRows(gpus),
    `+${"-".repeat(WIDE)}+`,
    "",
  ].join("\n");
}

function gpuRows(gpu: GpuReading): string[] {
  const { identity, card, moment, memory, capWatts, state, ecc, mig } = gpu;
  const fan = card.fan ? `${fanPercent(gpu)}%` : "N/A";
  const used = `${memory.used}MiB / ${String(memory.total).padStart(6)}MiB`;
  const watts = `${Math.round(moment.watts)}W / ${String(Math.round(capWatts)).padStart(4)}W`;
  const errors = mig
    ? "On"
    : card.ecc === "on"
      ? ecc.volatile.uncorrected
      : card.ecc === "off"
        ? "Off"
        : "N/A";
  const divided = card.mig === null ? "N/A" : mig ? "Enabled" : "Disabled";
  const util = mig ? "N/A" : `${Math.round(moment.load.utilisation * 100)}%`;
  return [
    row([
      ` ${String(identity.index).padStart(3)}  ${shortName(card.name).padEnd(27)}    On  `,
      `   ${identity.busId} Off `,
      `${String(errors).padStart(21)} `,
    ]),
    row([
      ` ${fan.padStart(3)} ${String(Math.round(moment.celsius)).padStart(4)}C    ${state} ${watts.padStart(23)} `,
      `${used.padStart(23)} `,
      `${util.padStart(8)}      Default `,
    ]),
    row(["", "", `${divided.padStart(21)} `]),
    `+${COLUMNS.map((width) => "-".repeat(width)).join("+")}+`,
  ];
}

function processRows(gpus: readonly GpuReading[]): string[] {
  const rows = gpus.flatMap(({ identity, jobs }) =>
    jobs.map(
      ({ pid, name, memoryMib }) =>
        `  ${String(identity.index).padStart(3)}   N/A  N/A${String(pid).padStart(16)}      C   ${name.slice(0, 36).padEnd(36)}${`${memoryMib}MiB`.padStart(10)} `,
    ),
  );
  return rows.length === 0 ? [line("  No running processes found")] : rows.map(line);
}

const row = (cells: readonly [string, string, string]) =>
  `|${cells.map((cell, at) => cell.padEnd(COLUMNS[at] ?? 0).slice(0, COLUMNS[at])).join("|")}|`;
const line = (text: string) => `|${text.padEnd(WIDE).slice(0, WIDE)}|`;
