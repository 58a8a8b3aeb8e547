import type { VariantValue } from "../scale/composite.ts";

/**
 * When a mortal extrinsic was born, and for how many blocks it lives; null: it is immortal. Two bytes hold the period
 * (a power of two, 4 to 65536) and the birth's place in it (sp_runtime::generic::Era).
 */
export function birthOf(era: VariantValue, head: number): { number: number; period: number } | null {
  if (era.type === "Immortal") return null;
  const low = Number(era.type.slice("Mortal".length));
  const encoded = low + ((era.value as [number])[0] << 8);
  const period = 2 << (encoded & 0x0f);
  const phase = (encoded >> 4) * Math.max(period >> 12, 1);
  const number = Math.floor((Math.max(head, phase) - phase) / period) * period + phase;
  return { number, period };
}
