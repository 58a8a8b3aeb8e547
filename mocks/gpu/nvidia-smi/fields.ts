import type { Field } from "./field.ts";
import { CARD_FIELDS } from "./fields-card.ts";
import { ERROR_FIELDS, EVENT_FIELDS } from "./fields-errors.ts";
import {
  ACTIVITY_FIELDS,
  CLOCK_FIELDS,
  MEMORY_FIELDS,
  POWER_FIELDS,
  TEMPERATURE_FIELDS,
} from "./fields-load.ts";
import { MODE_FIELDS } from "./fields-modes.ts";

/**
 * Everything that `--query-gpu` of driver 590.48.01 understands, in its order: names, aliases, headings and what stands
 * where there is no value are those of the captures of H100, H200 and L40S in utkuozdemir/nvidia_gpu_exporter,
 * internal/captures, commit e656cd81a180; the explanations are ours. A header shows the first name, as the real one does
 * for its aliases.
 */
export const GPU_FIELDS: readonly Field[] = [
  ...CARD_FIELDS,
  ...EVENT_FIELDS,
  ...MEMORY_FIELDS,
  ...ACTIVITY_FIELDS,
  ...ERROR_FIELDS,
  ...TEMPERATURE_FIELDS,
  ...POWER_FIELDS,
  ...CLOCK_FIELDS,
  ...MODE_FIELDS,
];
