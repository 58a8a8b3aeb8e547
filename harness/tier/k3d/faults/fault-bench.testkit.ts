import type { PreparedFault, ResolvedFault } from "../../../fault/injector.ts";
import type { FaultKind } from "../../../fault/kinds.ts";
import { parseFaultParams } from "../../../fault/registry.ts";
import { until } from "../../compose/faults/faults.testkit.ts";
import type { TestCluster } from "../test-cluster.testkit.ts";
import { k3dAudit, k3dInjectors, k3dUndo } from "./index.ts";

export interface InjectedFault {
  readonly prepared: PreparedFault;
  readonly evidence: string;
  /** Undoes everything, twice, and throws unless every audit is clean. Returns what the audits say. */
  putBack(): Promise<string>;
}

/** What a test's fault is when it does not say otherwise. */
export function resolvedFault(
  kind: FaultKind,
  target: string,
  fault: Partial<ResolvedFault> = {},
): ResolvedFault {
  return {
    id: `${kind}-${target}`,
    kind,
    targets: [target],
    peers: [],
    ttlMs: 300_000,
    ...fault,
    params: parseFaultParams(kind, fault.params),
  };
}

/** Prepares, applies, and waits until the effect is confirmed. */
export async function inject(
  { context }: TestCluster,
  kind: FaultKind,
  target: string,
  fault: Partial<ResolvedFault> = {},
): Promise<InjectedFault> {
  const prepared = await k3dInjectors(context)[kind]!.prepare(resolvedFault(kind, target, fault));
  await prepared.apply();
  const evidence = await until(async () => {
    const { confirmed, evidence: words } = await prepared.confirm();
    return confirmed ? words : new Error(words);
  });
  return { prepared, evidence, putBack: () => putBack(context, prepared) };
}

async function putBack({ docker }: TestCluster["context"], { undo }: PreparedFault): Promise<string> {
  for (const action of undo) await k3dUndo(docker, action);
  // Twice does no harm.
  for (const action of undo) await k3dUndo(docker, action);
  const findings = await Promise.all(undo.map((action) => k3dAudit(docker, action)));
  const detail = findings.map((finding) => finding.detail).join("; ");
  if (findings.some(({ clean }) => !clean)) throw new Error(`not clean: ${detail}`);
  return detail;
}
