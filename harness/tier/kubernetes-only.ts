import { KUBERNETES_KINDS, type KubernetesKind } from "../fault/kinds.ts";
import type { Capability } from "./tier.ts";

/** The grades of the kinds that need Kubernetes, on a tier that has none. */
export function kubernetesOnly(tier: string): Readonly<Record<KubernetesKind, Capability>> {
  const grade = {
    grade: "impossible",
    reason: `only Kubernetes has it, and the ${tier} tier has no Kubernetes: use k3d`,
  };
  return Object.fromEntries(KUBERNETES_KINDS.map((kind) => [kind, grade])) as Record<
    KubernetesKind,
    Capability
  >;
}
