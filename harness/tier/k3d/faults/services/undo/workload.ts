import type Docker from "dockerode";
import { textArg, type UndoArgs } from "../../../../compose/faults/undo/operation.ts";
import type { Workload } from "../../../api/objects.ts";
import { answered } from "../../in-node.ts";
import { isNotFound, kubectlInServer } from "../../kubectl-in-server.ts";
import { LABEL_SCALED_DOWN } from "../scale.ts";

/** The workload that an undo action names (`cluster`, `namespace`, `kind`, `name`); null when it or its cluster is gone. */
export async function workloadFromDisk(docker: Docker, args: UndoArgs): Promise<Workload | null> {
  const answer = await kubectl(docker, args, ["get", ...named(args), "-o", "json"]);
  if (answer === null || isNotFound(answer)) return null;
  return JSON.parse(answered("reading the workload", answer)) as Workload;
}

/** Sets the number of replicas, and whose doing a number of zero is; null: nobody's. */
export async function scaleFromDisk(
  docker: Docker,
  args: UndoArgs,
  token: string | null,
  replicas?: number,
): Promise<void> {
  const patch = {
    metadata: { labels: { [LABEL_SCALED_DOWN]: token } },
    ...(replicas === undefined ? {} : { spec: { replicas } }),
  };
  const argv = ["patch", ...named(args), "--type=merge", `--patch=${JSON.stringify(patch)}`];
  const answer = await kubectl(docker, args, argv);
  if (answer !== null && !isNotFound(answer)) answered("scaling", answer);
}

/** kubectl in the action's cluster and namespace; null when the cluster is gone. */
export function kubectl(docker: Docker, args: UndoArgs, argv: readonly string[]) {
  const namespace = `--namespace=${textArg(args, "namespace")}`;
  return kubectlInServer(docker, textArg(args, "cluster"), [...argv, namespace]);
}

const named = (args: UndoArgs): string[] => [textArg(args, "kind"), textArg(args, "name")];
