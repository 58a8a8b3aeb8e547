import type { Pod } from "../../api/objects.ts";

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

interface Toleration {
  readonly key?: string;
  readonly operator?: "Exists" | "Equal";
  readonly value?: string;
  readonly effect?: string;
  /** Absent: for ever. */
  readonly tolerationSeconds?: number;
}

/** Does the pod stay, for a while at least? (Kubernetes, Taints and Tolerations: an empty field matches everything.) */
export function tolerates(pod: Pod, taint: Taint): boolean {
  const { tolerations = [] } = pod.spec as { readonly tolerations?: readonly Toleration[] };
  return tolerations.some(
    ({ key = "", operator = "Equal", value = "", effect = "" }) =>
      (effect === "" || effect === taint.effect) &&
      (key === "" ? operator === "Exists" : key === taint.key) &&
      (operator === "Exists" || value === (taint.value ?? "")),
  );
}
