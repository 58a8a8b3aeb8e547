import type { GpuReading } from "../machine/reading.ts";
import { absent, field } from "./field.ts";
import type { Field } from "./field.ts";
import { PROTECTED_FIELDS } from "./fields-load.ts";

const divided = ({ card, mig }: GpuReading) => (card.mig === null ? null : mig ? "Enabled" : "Disabled");
/** Boards that sit on NVLink switches. */
const onSwitches =
  (value: string) =>
  ({ card }: GpuReading) =>
    card.nvlinks > 0 && Number(card.capability) >= 9 ? value : "N/A";
const HEALTH = [
  "summary",
  "bandwidth",
  "route_recovery_in_progress",
  "route_unhealthy",
  "access_timeout_recovery",
  "incorrect_configuration",
];

/** How the card is divided, and what it belongs to. */
export const MODE_FIELDS: readonly Field[] = [
  field("mig.mode.current", "whether the GPU is divided", divided),
  field("mig.mode.pending", "whether it will be after a reset", divided),
  field("gsp.mode.current", "whether the system processor does the driver's work", () => "Enabled"),
  field("gsp.mode.default", "whether it does by default", () => "Enabled"),
  field("c2c.mode", "chip to chip link", ({ card }) => (Number(card.capability) >= 9 ? "Disabled" : null)),
  ...PROTECTED_FIELDS,
  field("fabric.state", "fabric of NVLink switches", onSwitches("Completed")),
  field("fabric.status", "how joining it went", onSwitches("Success")),
  field("fabric.cliqueId", "its clique", onSwitches("0")),
  field("fabric.clusterUuid", "its cluster", onSwitches("00000000-0000-0000-0000-000000000000")),
  ...HEALTH.map((name) => field(`fabric.health.${name}`, "how well the fabric is", () => "N/A")),
  field("platform.chassis_serial_number", "the chassis", () => ""),
  field("platform.slot_number", "its slot in the chassis", () => 0),
  field("platform.tray_index", "its tray in the slot", () => 0),
  field("platform.host_id", "its host in the tray", () => 1),
  field("platform.peer_type", "how GPUs are joined", () => "Direct Connected"),
  field("platform.module_id", "number of the module on its board", ({ identity }) => identity.index + 1),
  field("platform.gpu_fabric_guid", "its name in the fabric", () => "0x0000000000000000"),
  absent("hostname", "a name given to the GPU"),
];
