import type { GpuReading } from "../machine/reading.ts";
import type { Job } from "../machine/jobs.ts";
import { field } from "./field.ts";
import type { Field } from "./field.ts";

/** One process on one GPU. */
export interface App {
  readonly gpu: GpuReading;
  readonly job: Job;
}

/** What `--query-compute-apps` understands. */
export const APP_FIELDS: readonly Field<App>[] = [
  field("timestamp", "when the query was made", (_, { timestamp }) => timestamp),
  field("gpu_name", "product name of its GPU", ({ gpu }) => gpu.card.name),
  field("gpu_bus_id", "PCI address of its GPU", ({ gpu }) => gpu.identity.busId),
  field("gpu_serial", "serial number of its GPU", ({ gpu }) => gpu.identity.serial),
  field("gpu_uuid", "identifier of its GPU", ({ gpu }) => gpu.identity.uuid),
  field("pid", "process id", ({ job }) => job.pid),
  field("process_name", "program", ({ job }) => job.name, { aliases: ["name"] }),
  field("used_gpu_memory", "memory it holds on the GPU", ({ job }) => job.memoryMib, {
    unit: "MiB",
    aliases: ["used_memory"],
  }),
];

const count =
  (pick: (gpu: GpuReading) => number): Field["value"] =>
  (gpu) =>
    gpu.card.hbm ? pick(gpu) : null;

/** What `--query-remapped-rows` understands. Cards without row remapping say `[N/A]`. */
export const REMAP_FIELDS: readonly Field[] = [
  field("timestamp", "when the query was made", (_, { timestamp }) => timestamp),
  field("gpu_name", "product name", ({ card }) => card.name),
  field("gpu_bus_id", "PCI address", ({ identity }) => identity.busId),
  field("gpu_serial", "serial number", ({ identity }) => identity.serial),
  field("gpu_uuid", "identifier", ({ identity }) => identity.uuid),
  field(
    "remapped_rows.correctable",
    "rows remapped for errors that could be corrected",
    count(({ remaps }) => remaps.correctable),
  ),
  field(
    "remapped_rows.uncorrectable",
    "rows remapped for errors that could not",
    count(({ remaps }) => remaps.uncorrectable),
  ),
  field(
    "remapped_rows.pending",
    "rows that wait for a reset",
    count(({ remaps }) => Number(remaps.pending)),
  ),
  field(
    "remapped_rows.failure",
    "whether remapping has failed",
    count(({ remaps }) => Number(remaps.failed)),
  ),
  ...["max", "high", "partial", "low", "none"].map((level) =>
    field(
      `remapped_rows.histogram.${level}`,
      `banks with ${level} spare rows`,
      count(() => (level === "max" ? 640 : 0)),
    ),
  ),
];
