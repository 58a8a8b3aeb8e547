import { z } from "zod";
import { FiredrillError } from "../error.ts";
import { suggest } from "../suggest.ts";
import type { FaultParams } from "./injector.ts";
import { FAULT_KINDS, type FaultKind } from "./kinds.ts";
import { dataKinds } from "./kinds/data.ts";
import type { KindDescription } from "./kinds/description.ts";
import { kubernetesKinds } from "./kinds/kubernetes.ts";
import { mockKinds } from "./kinds/mock.ts";
import { networkKinds } from "./kinds/network.ts";
import { processKinds } from "./kinds/process.ts";
import { resourceKinds } from "./kinds/resources.ts";

export type { KindDescription } from "./kinds/description.ts";

const byKind = new Map(
  [...processKinds, ...dataKinds, ...resourceKinds, ...networkKinds, ...mockKinds, ...kubernetesKinds].map(
    (it) => [it.kind, it],
  ),
);

/** What a kind does, takes and touches. @throws USAGE_FAULT for a word that is no kind. */
export function faultKind(kind: string): KindDescription {
  const found = byKind.get(kind as FaultKind);
  if (found !== undefined) return found;
  throw new FiredrillError("USAGE_FAULT", "there is no such fault kind", {
    received: kind,
    expected: `one of ${FAULT_KINDS.join(", ")}`,
    hint: suggest(kind, FAULT_KINDS),
  });
}

/** Checks what a person wrote and fills the kind's defaults in. @throws USAGE_FAULT */
export function parseFaultParams(kind: string, raw: unknown): FaultParams {
  const description = faultKind(kind);
  const parsed = description.params.safeParse(raw ?? {});
  if (parsed.success) return Object.freeze(parsed.data);
  const known = parameterNames(description);
  const unknown = parsed.error.issues.flatMap((it) => (it.code === "unrecognized_keys" ? it.keys : []));
  throw new FiredrillError("USAGE_FAULT", `${kind}: ${z.prettifyError(parsed.error)}`, {
    received: JSON.stringify(raw),
    expected: known.length === 0 ? "no parameters" : `parameters: ${known.join(", ")}`,
    hint:
      unknown[0] !== undefined && known.length > 0
        ? suggest(unknown[0], known)
        : "correct the fault's parameters in the scenario",
  });
}

/** The parameters a kind takes, in the order in which it lists them. */
export function parameterNames(description: KindDescription): string[] {
  return description.params instanceof z.ZodObject ? Object.keys(description.params.shape) : [];
}
