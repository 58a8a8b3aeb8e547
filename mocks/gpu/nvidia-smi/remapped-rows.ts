import type { GpuReading } from "../machine/reading.ts";
import { field } from "./field.ts";
import type { Field } from "./field.ts";

/** Memory that replaces its bad rows: with ECC, from Ampere on. */
export function hasRowRemapper({ card }: Pick<GpuReading, "card">): boolean {
  return card.ecc === "on" && Number(card.capability) >= 8;
}

/** Banks with all spare rows left: captures of h100_sxm, h200 and l40s; the others' is ours. */
const BANKS: Readonly<Record<string, number>> = {
  "NVIDIA H100 80GB HBM3": 2_560,
  "NVIDIA H200": 3_072,
  "NVIDIA L40S": 192,
};
const banks = ({ name }: GpuReading["card"]): number => BANKS[name] ?? 640;

/** The fields of remapped rows, which two queries have. `said`: how this query says yes and no. */
export function remappedRows(
  said: (gpu: GpuReading, is: boolean) => string | number | null,
  aliases: boolean,
): readonly Field[] {
  const count = (pick: (gpu: GpuReading) => number) => (gpu: GpuReading) =>
    hasRowRemapper(gpu) && !(aliases && gpu.mig) ? pick(gpu) : null;
  return [
    field(
      "remapped_rows.correctable",
      "rows remapped for errors that could be corrected",
      count(({ remaps }) => remaps.correctable),
      { aliases: aliases ? ["remapped_rows.sbe"] : [] },
    ),
    field(
      "remapped_rows.uncorrectable",
      "rows remapped for errors that could not",
      count(({ remaps }) => remaps.uncorrectable),
      { aliases: aliases ? ["remapped_rows.dbe"] : [] },
    ),
    field("remapped_rows.pending", "rows that wait for a reset", (gpu) => said(gpu, gpu.remaps.pending)),
    field("remapped_rows.failure", "whether remapping has failed", (gpu) => said(gpu, gpu.remaps.failed)),
    ...["max", "high", "partial", "low", "none"].map((level) =>
      field(`remapped_rows.histogram.${level}`, `banks with ${level} spare rows`, (gpu) =>
        hasRowRemapper(gpu) ? (level === "max" ? banks(gpu.card) : 0) : null,
      ),
    ),
  ];
}
