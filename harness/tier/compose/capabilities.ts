import { readFileSync } from "node:fs";
import { release } from "node:os";
import { FAULT_KINDS, type FaultKind } from "../../fault/kinds.ts";
import type { Capability } from "../tier.ts";

/** These shape packets in the kernel where it can, and go through a proxy of ours where it cannot. */
const SHAPED: readonly FaultKind[] = ["latency", "bandwidth"];

/** How truly real containers show each fault kind. */
export function composeCapabilities(netem: boolean): Readonly<Record<FaultKind, Capability>> {
  const approximate: Capability = {
    grade: "approximate",
    reason: "this kernel has no netem, so a proxy in the path delays the bytes: TCP only, not single packets",
  };
  const of = (kind: FaultKind): Capability =>
    SHAPED.includes(kind) && !netem ? approximate : { grade: "exact" };
  return Object.fromEntries(FAULT_KINDS.map((kind) => [kind, of(kind)])) as Record<FaultKind, Capability>;
}

/**
 * Does this machine's kernel have the netem queueing discipline, built in or as a module it can load? Where that
 * cannot be seen (no Linux, no module list) the answer is no: a promise less, never one too many.
 */
export function kernelHasNetem(kernel = release(), read = readText): boolean {
  const modules = `/lib/modules/${kernel}`;
  return [`${modules}/modules.builtin`, `${modules}/modules.dep`, "/proc/modules"].some((file) =>
    /\bsch_netem\b/.test(read(file)),
  );
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
