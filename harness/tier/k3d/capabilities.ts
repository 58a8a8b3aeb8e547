import { FAULT_KINDS, type FaultKind } from "../../fault/kinds.ts";
import type { Capability } from "../tier.ts";

const EXACT: Capability = { grade: "exact" };

/** What is not as in production, and why. All other kinds are the real thing. */
const OTHERWISE: Partial<Record<FaultKind, Capability>> = {
  latency: {
    grade: "impossible",
    reason:
      "packets would have to be held back in a pod's network by the kernel's netem, which many kernels lack, and a proxy in " +
      "the path would hide from Services who asks; use bandwidth, partition, or the compose tier",
  },
  kill: {
    grade: "approximate",
    reason:
      "a service is frozen, scaled to zero and killed without having noticed, since Kubernetes would start it again",
  },
  "db-outage": {
    grade: "approximate",
    reason:
      "the database is frozen, scaled to zero and killed without having noticed, since Kubernetes would start it again",
  },
  "disk-full": {
    grade: "approximate",
    reason:
      "only a memory-backed emptyDir with a size limit can be filled; claims here have no limit of their own",
  },
  bandwidth: {
    grade: "approximate",
    reason:
      "the kernel's queue shapes what leaves the pod or node; what comes is shaped where it leaves its sender's side",
  },
  "data-loss": {
    grade: "approximate",
    reason: "a claim's folder on its node is emptied; there is no storage system that could lose it",
  },
};

/** How truly real clusters on one machine show each fault kind. */
export const k3dCapabilities: Readonly<Record<FaultKind, Capability>> = Object.fromEntries(
  FAULT_KINDS.map((kind) => [kind, OTHERWISE[kind] ?? EXACT]),
) as Record<FaultKind, Capability>;
