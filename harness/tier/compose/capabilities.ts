import { COMMON_KINDS, type FaultKind } from "../../fault/kinds.ts";
import { kubernetesOnly } from "../kubernetes-only.ts";
import type { Capability } from "../tier.ts";

const EXACT: Capability = { grade: "exact" };
/** In both directions a proxy of ours stands in the path; only `direction: "out"` can use the kernel's own queue. */
const SHAPED: Capability = {
  grade: "approximate",
  reason:
    "a proxy in the path shapes connections to the target, TCP only and not single packets " +
    '(with direction "out" the kernel\'s own queue does it, where there is one)',
};

/** How truly real containers show each fault kind. */
export const composeCapabilities: Readonly<Record<FaultKind, Capability>> = {
  ...kubernetesOnly("compose"),
  ...(Object.fromEntries(
    COMMON_KINDS.map((kind) => [kind, kind === "latency" || kind === "bandwidth" ? SHAPED : EXACT]),
  ) as Record<(typeof COMMON_KINDS)[number], Capability>),
};
