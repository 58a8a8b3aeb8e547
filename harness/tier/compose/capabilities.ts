import { FAULT_KINDS, type FaultKind } from "../../fault/kinds.ts";
import type { Capability } from "../tier.ts";

/** In both directions a proxy of ours stands in the path; only `direction: "out"` can use the kernel's own queue. */
const SHAPED: Capability = {
  grade: "approximate",
  reason:
    "a proxy in the path shapes connections to the target, TCP only and not single packets " +
    '(with direction "out" the kernel\'s own queue does it, where there is one)',
};

/** How truly real containers show each fault kind. */
export const composeCapabilities = Object.fromEntries(
  FAULT_KINDS.map((kind) => [kind, kind === "latency" || kind === "bandwidth" ? SHAPED : { grade: "exact" }]),
) as Readonly<Record<FaultKind, Capability>>;
