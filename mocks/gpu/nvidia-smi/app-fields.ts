import type { GpuReading } from "../machine/reading.ts";
import type { Job } from "../machine/jobs.ts";
import { field } from "./field.ts";
import type { Field } from "./field.ts";
import { hasRowRemapper, remappedRows } from "./remapped-rows.ts";

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

/** What `--query-remapped-rows` understands. Cards without row remapping say `[N/A]`. */
export const REMAP_FIELDS: readonly Field[] = [
  field("timestamp", "when the query was made", (_, { timestamp }) => timestamp),
  field("gpu_name", "product name", ({ card }) => card.name),
  field("gpu_bus_id", "PCI address", ({ identity }) => identity.busId),
  field("gpu_serial", "serial number", ({ identity }) => identity.serial),
  field("gpu_uuid", "identifier", ({ identity }) => identity.uuid),
  ...remappedRows((gpu, is) => (hasRowRemapper(gpu) ? Number(is) : null), false),
];
