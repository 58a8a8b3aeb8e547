import { z } from "zod";
import type { FaultParams } from "../injector.ts";
import type { FaultKind } from "../kinds.ts";

/** What a fault takes away from its target. */
export type FaultLayer =
  | "process"
  | "memory"
  | "cpu"
  | "disk"
  | "network-in"
  | "network-out"
  | "dns"
  | "data"
  | "device"
  | "answers"
  | "control";

/** All that is true of a fault kind on every tier. */
export interface KindDescription {
  readonly kind: FaultKind;
  /** What happens to the target, in one sentence, for `firedrill tiers` and the report. */
  readonly effect: string;
  /** The layers it touches with these parameters (a one-way partition touches one direction). */
  layers(params: FaultParams): readonly FaultLayer[];
  /**
   * `true`: the effect lasts as long as the fault, so when it ends early (the target was restarted) the fault has
   * lapsed and is applied again. `false`: a single blow; being repaired is what the runbook is for.
   */
  readonly continuous: boolean;
  /** The effect removes itself after this long, unless the scenario says otherwise. */
  readonly defaultTtlMs: number;
  /** Units are in the names; a field that is left out gets the schema's default. */
  readonly params: z.ZodType<FaultParams>;
}

/** Long enough for every runbook that is rehearsed, short enough that a forgotten fault ends by itself. */
export const DEFAULT_TTL_MS = 10 * 60_000;

/** The schema of kinds that take no parameters. */
export const noParams = z.strictObject({});

/** Which way packets are hit, as the target sees it: `in` towards it, `out` away from it. */
export const direction = z.enum(["both", "in", "out"]).default("both");

/** Network layers of a direction; nothing said means both. */
export function networkLayers(params: FaultParams): readonly FaultLayer[] {
  if (params.direction === "in") return ["network-in"];
  if (params.direction === "out") return ["network-out"];
  return ["network-in", "network-out"];
}
