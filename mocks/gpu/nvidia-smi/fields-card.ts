import type { GpuReading } from "../machine/reading.ts";
import { absent, DEPRECATED, field } from "./field.ts";
import type { Field } from "./field.ts";

/** It is the same while the card is lost: the driver has it in its tables. */
const kept = { remembered: true } as const;
const hasEcc = ({ card }: GpuReading) => card.ecc !== "absent";

const VGPU = [
  "fractional_multiVgpu",
  "heterogeneous_timeSlice_profile",
  "heterogeneous_timeSlice_sizes",
  "homogeneous_placements",
  "mig_timeSlicing",
  "mig_timeSlicing_mode",
];

/** Which card it is, where it is plugged in and how it is set up. */
export const CARD_FIELDS: readonly Field[] = [
  field("timestamp", "when the query was made", (_, { timestamp }) => timestamp, kept),
  field("driver_version", "version of the driver", (_, { settings }) => settings.driver, kept),
  absent("vgpu_driver_capability.heterogenous_multivGPU", "a capability of the driver for virtual GPUs"),
  field("count", "number of GPUs", (_, { count }) => count, kept),
  field("name", "product name", ({ card }) => card.name, { ...kept, aliases: ["gpu_name"] }),
  field("serial", "serial number of the board", ({ identity, card }) => (card.fan ? null : identity.serial), {
    ...kept,
    aliases: ["gpu_serial"],
  }),
  field("uuid", "identifier of the GPU", ({ identity }) => identity.uuid, { ...kept, aliases: ["gpu_uuid"] }),
  field("pci.bus_id", "PCI address", ({ identity }) => identity.busId, { ...kept, aliases: ["gpu_bus_id"] }),
  field("pci.domain", "PCI domain", () => "0x0000", kept),
  field("pci.bus", "PCI bus", ({ identity }) => `0x${identity.busId.slice(9, 11)}`, kept),
  field("pci.device", "PCI device", () => "0x00", kept),
  field("pci.baseClass", "PCI base class", () => "0x3", kept),
  field("pci.subClass", "PCI subclass", ({ card }) => (card.fan ? "0x0" : "0x2"), kept),
  field("pci.device_id", "PCI device id", ({ card }) => card.pciId.device, kept),
  field("pci.sub_device_id", "PCI subsystem id", ({ card }) => card.pciId.subsystem, kept),
  ...VGPU.map((name) =>
    absent(`vgpu_device_capability.${name}`, "a capability of the card for virtual GPUs"),
  ),
  field("pcie.link.gen.current", "PCIe generation in use", ({ pcie }) => pcie.gen),
  field("pcie.link.gen.gpucurrent", "PCIe generation that the card has now", ({ pcie }) => pcie.gen),
  field("pcie.link.gen.max", "highest PCIe generation of card and machine", ({ card }) => card.pcie.gen),
  field("pcie.link.gen.gpumax", "highest PCIe generation of the card", ({ card }) => card.pcie.gen),
  field("pcie.link.gen.hostmax", "highest PCIe generation of the machine", () => 5),
  field("pcie.link.width.current", "PCIe lanes in use", ({ pcie }) => pcie.width),
  field("pcie.link.width.max", "PCIe lanes of the card", ({ card }) => card.pcie.width),
  field("index", "number of the GPU from 0", ({ identity }) => identity.index, kept),
  field("display_mode", "whether a display could be used", () => DEPRECATED),
  field("display_attached", "whether a display can be connected", () => "Yes"),
  field("display_active", "whether a display is in use", () => "Disabled"),
  field("persistence_mode", "whether the driver stays loaded", () => "Enabled"),
  field("addressing_mode", "how the host's memory is addressed", () => "None"),
  field("accounting.mode", "whether processes are accounted for", () => "Disabled"),
  field("accounting.buffer_size", "processes that accounting remembers", () => 4_000),
  absent("driver_model.current", "driver model, Windows only"),
  absent("driver_model.pending", "driver model after a reboot, Windows only"),
  field("vbios_version", "version of the card's BIOS", () => "96.00.74.00.01", kept),
  field("inforom.img", "version of the infoROM", () => "G520.0200.00.05", { aliases: ["inforom.image"] }),
  field("inforom.oem", "version of its OEM part", () => "2.1"),
  field("inforom.ecc", "version of its ECC part", (gpu) => (hasEcc(gpu) ? "7.16" : null)),
  absent("inforom.pwr", "version of its power part", ["inforom.power"]),
  field("inforom.checksum_validation", "whether its check sum is right", () => "valid"),
  field("gpu_recovery_action", "what the driver advises", recoveryAction),
  absent("gom.current", "GPU operation mode", ["gpu_operation_mode.current"]),
  absent("gom.pending", "GPU operation mode after a reboot", ["gpu_operation_mode.pending"]),
  field("fan.speed", "speed of its own fan", fanPercent, { unit: "%" }),
  field("pstate", "performance state, P0 is the highest", ({ state }) => state),
];

/** Stands still below 40 °C, turns fully at 90 °C; ours. */
export function fanPercent({ card, moment: { celsius } }: GpuReading): number | null {
  if (!card.fan) return null;
  return celsius < 40 ? 0 : Math.min(100, Math.round(30 + (70 * (celsius - 40)) / 50));
}

/** Words of docs.nvidia.com/deploy/a100-gpu-mem-error-mgmt, "Error Recovery and Response Flags". */
function recoveryAction({ blocked, remaps }: GpuReading): string {
  if (blocked === null) return remaps.pending ? "Reset" : "None";
  if (blocked.recovery === "reset") return "Reset";
  return "Reboot";
}
