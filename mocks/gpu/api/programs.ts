import type { MockExchange } from "../../core/http.ts";
import type { MockWorld } from "../../core/mock.ts";
import { dmesgText } from "../machine/kernel-log.ts";
import type { Machine } from "../machine/machine.ts";
import type { GpuReading } from "../machine/reading.ts";
import { failed, SMI_EXIT } from "../nvidia-smi/result.ts";
import type { SmiResult } from "../nvidia-smi/result.ts";
import { runSmi } from "../nvidia-smi/run.ts";
import type { SmiView } from "../nvidia-smi/run.ts";

/** Runs `nvidia-smi`, `lspci` or `dmesg` as on a machine with these GPUs. A hang takes its time. */
export async function runProgram(
  world: MockWorld,
  machine: Machine,
  [program = "nvidia-smi", ...args]: readonly string[],
  exchange: MockExchange,
): Promise<SmiResult> {
  const name = program.split("/").at(-1) ?? "";
  switch (name) {
    case "nvidia-smi":
      return smi(world, machine, args, exchange);
    case "lspci":
      return { stdout: lspci(machine.look()), exitCode: 0, loopMs: null };
    case "dmesg":
      machine.look();
      return { stdout: dmesgText(machine.log.lines()), exitCode: 0, loopMs: null };
  }
  world.unmodelled(`program ${name.slice(0, 50)}`);
  return failed(127, `${name.slice(0, 50)}: not found\n`);
}

async function smi(world: MockWorld, machine: Machine, args: readonly string[], exchange: MockExchange) {
  const hang = exchange.fault("hang");
  const hung = machine.look().find((gpu) => gpu.hung);
  if (hang !== null || hung !== undefined) {
    await world.clock.sleep(Number(hang?.params["nvidiaSmiSec"] ?? DEFAULT_HANG_S) * 1_000, exchange.signal);
    const gpu = hung ?? machine.look()[Number(hang?.params["gpu"] ?? 0)];
    return failed(
      SMI_EXIT.other,
      `Unable to determine the device handle for GPU${gpu?.identity.index ?? 0}: ${gpu?.identity.busId.slice(4) ?? ""}: Unknown Error\n`,
    );
  }
  const gpus = machine.look();
  return runSmi(args, {
    gpus,
    context: { settings: machine.settings, count: gpus.length, timestamp: timestamp(world.clock.wallMs()) },
    driver: driverState(exchange),
    lostInRows: world.faults.standing("busDrop")?.params["show"] === "fields",
    reset: machine.reset,
    unmodelled: world.unmodelled,
  });
}

/** After an XID that leaves the GPU's own processor silent. Drivers wait from 10 to 60 s. */
const DEFAULT_HANG_S = 30;

function driverState({ fault }: MockExchange): SmiView["driver"] {
  if (fault("driverMismatch") !== null) return "mismatch";
  const down = fault("driverDown");
  if (down !== null) return down.params["how"] as SmiView["driver"];
  return fault("noDevices") === null ? "ok" : "noDevices";
}

/** `2026/01/01 00:00:00.000` */
function timestamp(wallMs: number): string {
  return new Date(wallMs).toISOString().replaceAll("-", "/").replace("T", " ").slice(0, 23);
}

/** Those that are on the bus, in the form of `lspci -vvv`. */
function lspci(gpus: readonly GpuReading[]): string {
  return gpus
    .filter(({ lost }) => lost === null)
    .map(({ identity, card, pcie }) => {
      const kind = card.fan ? "VGA compatible controller" : "3D controller";
      return `${identity.busId.slice(9).toLowerCase()} ${kind}: NVIDIA Corporation ${card.name.replace(/^NVIDIA /, "")} (rev a1)\n\tSubsystem: NVIDIA Corporation Device\n\t\tLnkSta: Speed gen ${pcie.gen}, Width x${pcie.width}\n\tKernel driver in use: nvidia\n`;
    })
    .join("\n");
}
