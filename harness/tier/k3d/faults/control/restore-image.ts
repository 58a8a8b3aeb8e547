import type Docker from "dockerode";
import {
  type Finding,
  textArg,
  type UndoArgs,
  type UndoOperation,
} from "../../../compose/faults/undo/operation.ts";
import type { Pod } from "../../api/objects.ts";
import type { ImageWorkload } from "./image-missing.ts";
import { changeInCluster, patchInCluster, readInCluster } from "./in-cluster.ts";
import { SHORTEST_GRACE_S } from "./pods.ts";

/** A controller may make one more waiting pod before it has seen the new template. */
const LOOKS_FOR_WAITING = 10;

/**
 * Gives a workload its image and its strategy back, each only while it is still the fault's: what an operator has set stays.
 * Pods that wait for the missing image are deleted, because a StatefulSet would wait for them for ever
 * (kubernetes.io, StatefulSets, "Forced rollback"). Args: `cluster`, `namespace`, `kind`, `name`, `selector`, `container`,
 * `image`, `missing`, `strategy` (JSON or null).
 */
export const restoreImage: UndoOperation = {
  async undo(docker, args) {
    const now = await workloadNow(docker, args);
    if (now === null) return;
    const patch = [...imagePatch(now, args), ...strategyPatch(now, args)];
    if (patch.length > 0) await patchInCluster(docker, textArg(args, "cluster"), workload(args), patch);
    for (let look = 1; look <= LOOKS_FOR_WAITING; look++) {
      const waiting = await waitingPods(docker, args);
      if (waiting.length === 0) return;
      await changeInCluster(docker, textArg(args, "cluster"), "deleting the waiting pods", [
        "delete",
        "pod",
        inNamespace(args),
        `--grace-period=${SHORTEST_GRACE_S}`,
        "--ignore-not-found",
        ...waiting,
      ]);
    }
  },
  async audit(docker, args): Promise<Finding> {
    const name = `${textArg(args, "kind")} ${textArg(args, "name")}`;
    const now = await workloadNow(docker, args);
    if (now === null) return { clean: true, detail: `${name} is gone` };
    const left = [...imagePatch(now, args), ...strategyPatch(now, args)];
    const waiting = await waitingPods(docker, args);
    if (left.length > 0) return { clean: false, detail: `${name} still asks for the missing image` };
    if (waiting.length > 0) return { clean: false, detail: `pods still wait for it: ${waiting.join(", ")}` };
    return { clean: true, detail: `${name} does not ask for the missing image` };
  },
};

/** What would still have to be put back; empty when nothing is the fault's any more. */
function imagePatch({ spec }: ImageWorkload, args: UndoArgs): object[] {
  const at = spec.template.spec.containers.findIndex(({ name }) => name === textArg(args, "container"));
  const missing = textArg(args, "missing");
  if (spec.template.spec.containers[at]?.image !== missing) return [];
  const path = `/spec/template/spec/containers/${at}/image`;
  return [
    { op: "test", path, value: missing },
    { op: "replace", path, value: textArg(args, "image") },
  ];
}

function strategyPatch({ spec }: ImageWorkload, args: UndoArgs): object[] {
  const { strategy } = args;
  if (typeof strategy !== "string" || spec.strategy?.type !== "Recreate") return [];
  const value = JSON.parse(strategy) as { readonly type?: string };
  return value.type === "Recreate" ? [] : [{ op: "replace", path: "/spec/strategy", value }];
}

function workloadNow(docker: Docker, args: UndoArgs): Promise<ImageWorkload | null> {
  return readInCluster<ImageWorkload>(docker, textArg(args, "cluster"), workload(args));
}

async function waitingPods(docker: Docker, args: UndoArgs): Promise<string[]> {
  const what = ["pod", inNamespace(args), `--selector=${textArg(args, "selector")}`];
  const pods = await readInCluster<{ readonly items: readonly Pod[] }>(
    docker,
    textArg(args, "cluster"),
    what,
  );
  const missing = textArg(args, "missing");
  return (pods?.items ?? [])
    .filter(({ spec }) => spec.containers.some(({ image }) => image === missing))
    .map(({ metadata }) => metadata.name);
}

const workload = (args: UndoArgs): string[] => [
  textArg(args, "kind"),
  textArg(args, "name"),
  inNamespace(args),
];

const inNamespace = (args: UndoArgs): string => `--namespace=${textArg(args, "namespace")}`;
