import type { z } from "zod";

/** A JSON value that an event can hold. */
export type Json = z.infer<ReturnType<typeof z.json>>;

/**
 * Reads JSON; `undefined` when the text is none. Numbers too large for JavaScript (`1e999`) become null, because
 * an event could not be written with them.
 */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text, (_key, value: Json) =>
      typeof value === "number" && !Number.isFinite(value) ? null : value,
    ) as Json;
  } catch {
    return undefined;
  }
}

export function isJsonObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A sample holds at most this many fields, and this much of each text: probes run for a long time. */
const FIELDS_MAX = 50;
const TEXT_MAX = 200;

/** The top-level fields that are no objects and no lists, for thresholds and charts; null when there are none to speak of. */
export function scalarFields(value: Json | undefined): { [key: string]: Json } | null {
  if (!isJsonObject(value)) return null;
  const scalars = Object.entries(value).filter(([, field]) => typeof field !== "object" || field === null);
  return Object.fromEntries(
    scalars
      .slice(0, FIELDS_MAX)
      .map(([key, field]) => [key, typeof field === "string" ? field.slice(0, TEXT_MAX) : field]),
  );
}
