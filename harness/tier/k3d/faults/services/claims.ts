import { FiredrillError } from "../../../../error.ts";
import type { WorkloadRef } from "../../../../stack/spec.ts";
import type { Metadata, Workload } from "../../api/objects.ts";
import type { K3dFaultContext, Located } from "../context.ts";
import { workloadNow } from "./scale.ts";

/** A persistent volume that is a folder on one node. */
export interface FolderVolume {
  readonly claim: string;
  /** The name of its node, and of the node's container. */
  readonly node: string;
  /** On that node. */
  readonly path: string;
}

interface Claim {
  readonly metadata: Metadata;
  readonly spec: { readonly volumeName?: string };
}

interface Volume {
  readonly spec: {
    readonly local?: { readonly path: string };
    readonly hostPath?: { readonly path: string };
    readonly nodeAffinity?: {
      readonly required?: {
        readonly nodeSelectorTerms: readonly {
          readonly matchExpressions?: readonly {
            readonly key: string;
            readonly values?: readonly string[];
          }[];
        }[];
      };
    };
  };
}

type LocatedService = Extract<Located, { kind: "service" }>;

/**
 * The folders behind the volume that a fault means: by its name or its claim's, or the workload's only one. A StatefulSet's
 * pods have one each. @throws USAGE_FAULT when there is none, several and no name, or when it is no folder on a node
 */
export async function foldersOf(
  context: K3dFaultContext,
  { name, workload, pods }: LocatedService,
  wanted?: string,
): Promise<FolderVolume[]> {
  const volumes = claimNames(workload, await workloadNow(context, workload), pods.length);
  const matches = [...volumes].filter(
    ([volume, claims]) => wanted === undefined || volume === wanted || claims.includes(wanted),
  );
  const [only] = matches;
  if (only === undefined || matches.length > 1) {
    throw new FiredrillError(
      "USAGE_FAULT",
      only === undefined ? `"${name}" has no such volume` : `"${name}" has ${matches.length} volumes`,
      {
        received: wanted ?? "no volume",
        expected:
          volumes.size === 0
            ? `a persistent volume claim of "${name}"`
            : `volume: one of ${[...volumes.keys()].join(", ")}`,
      },
    );
  }
  const folders = await Promise.all(only[1].map((claim) => folderOf(context, workload, claim, pods)));
  const found = folders.flatMap((folder) => folder ?? []);
  if (found.length > 0) return found;
  throw new FiredrillError("USAGE_FAULT", `no claim of "${name}" is bound to a folder on a node`, {
    received: only[1].join(", "),
    expected: "a claim of a class whose volumes are local folders, such as local-path",
  });
}

/** Volume → the claims behind it. */
function claimNames(
  workload: WorkloadRef,
  { spec }: Workload,
  pods: number,
): ReadonlyMap<string, readonly string[]> {
  const replicas = Math.max(spec.replicas ?? 1, workload.replicas, pods);
  const shared = (spec.template.spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim }) =>
    persistentVolumeClaim ? [[name, [persistentVolumeClaim.claimName]] as const] : [],
  );
  const own = (spec.volumeClaimTemplates ?? []).map(({ metadata }) => {
    const claims = Array.from(
      { length: replicas },
      (_, index) => `${metadata.name}-${workload.name}-${index}`,
    );
    return [metadata.name, claims] as const;
  });
  return new Map<string, readonly string[]>([...shared, ...own]);
}

async function folderOf(
  context: K3dFaultContext,
  workload: WorkloadRef,
  claim: string,
  pods: LocatedService["pods"],
): Promise<FolderVolume | null> {
  const { api } = context.cluster(workload.cluster);
  const claims = await api.list<Claim>(`/api/v1/namespaces/${workload.namespace}/persistentvolumeclaims`);
  const volumeName = claims.find(({ metadata }) => metadata.name === claim)?.spec.volumeName;
  if (volumeName === undefined) return null;
  const { spec } = await api.get<Volume>(`/api/v1/persistentvolumes/${volumeName}`);
  // k3s's provisioner makes `hostPath` or `local` volumes bound to one node, our node image `local` ones.
  const path = spec.local?.path ?? spec.hostPath?.path;
  const node =
    spec.nodeAffinity?.required?.nodeSelectorTerms
      .flatMap(({ matchExpressions }) => matchExpressions ?? [])
      .find(({ key }) => key === "kubernetes.io/hostname")?.values?.[0] ?? pods[0]?.spec.nodeName;
  return path === undefined || node === undefined ? null : { claim, node, path };
}
