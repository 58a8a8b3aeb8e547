import type Docker from "dockerode";
import { FiredrillError } from "../../../../error.ts";
import {
  type Finding,
  textArg,
  type UndoArgs,
  type UndoOperation,
} from "../../../compose/faults/undo/operation.ts";
import { backedUp, backupArgs, type ConfigBackup, RESTORING } from "./config-backup.ts";
import { type ConfigKey, type ConfigObject, garbage, valueOf, valuePath } from "./config-object.ts";
import { changeInCluster, patchInCluster, readInCluster } from "./in-cluster.ts";
import { SHORTEST_GRACE_S } from "./pods.ts";

/**
 * Puts a value back from its backup, restarts the pods with it, and removes the backup; a value that somebody has repaired
 * stays, and so do its pods. Without a backup nothing was changed.
 * Args: `cluster`, `token`, `namespace`, `kind`, `name`, `field`, `key`, `selectors` (of the workloads' pods).
 */
export const restoreConfig: UndoOperation = {
  async undo(docker, args) {
    const cluster = textArg(args, "cluster");
    const secret = backupArgs(textArg(args, "token"));
    const backup = await readInCluster<ConfigBackup>(docker, cluster, secret);
    if (backup === null) return;
    const broken = await isBroken(docker, args);
    if (broken || backup.metadata.annotations?.[RESTORING] !== undefined) {
      const mark = ["annotate", ...secret, `${RESTORING}=true`, "--overwrite"];
      await changeInCluster(docker, cluster, "marking the backup", mark);
      if (broken) await putBack(docker, args, backedUp(backup));
      await restartPods(docker, args);
    }
    await changeInCluster(docker, cluster, "removing the backup", ["delete", ...secret]);
  },
  async audit(docker, args): Promise<Finding> {
    const word = `${textArg(args, "key")} of ${textArg(args, "kind")}/${textArg(args, "name")}`;
    const secret = backupArgs(textArg(args, "token"));
    if ((await readInCluster(docker, textArg(args, "cluster"), secret)) !== null) {
      return { clean: false, detail: `the backup of ${word} is still there` };
    }
    const broken = await isBroken(docker, args);
    return { clean: !broken, detail: `${word} ${broken ? "still holds" : "does not hold"} the garbage` };
  },
};

async function restartPods(docker: Docker, args: UndoArgs): Promise<void> {
  const selectors = Array.isArray(args["selectors"]) ? (args["selectors"] as readonly string[]) : [];
  for (const selector of selectors) {
    await changeInCluster(docker, textArg(args, "cluster"), "restarting the pods", [
      "delete",
      "pod",
      inNamespace(args),
      `--selector=${selector}`,
      `--grace-period=${SHORTEST_GRACE_S}`,
      "--wait=false",
    ]);
  }
}

/** Does the object hold this fault's garbage? */
async function isBroken(docker: Docker, args: UndoArgs): Promise<boolean> {
  const object = await readInCluster<ConfigObject>(docker, textArg(args, "cluster"), objectArgs(args));
  return object !== null && valueOf(object, keyOf(args)) === garbage(keyOf(args), textArg(args, "token"));
}

/** What kubectl says when it fails may quote the patch, so it is not passed on. */
async function putBack(docker: Docker, args: UndoArgs, value: string): Promise<void> {
  const path = valuePath(keyOf(args));
  try {
    await patchInCluster(docker, textArg(args, "cluster"), objectArgs(args), [
      { op: "test", path, value: garbage(keyOf(args), textArg(args, "token")) },
      { op: "replace", path, value },
    ]);
  } catch {
    throw new FiredrillError("RUN_FAULT", `the original of ${objectArgs(args)[0]} could not be put back`, {
      expected: "an API server that takes the change",
    });
  }
}

function keyOf(args: UndoArgs): ConfigKey {
  const kind = textArg(args, "kind") === "secret" ? "secret" : "configmap";
  return {
    object: { kind, name: textArg(args, "name") },
    namespace: textArg(args, "namespace"),
    field: textArg(args, "field") === "binaryData" ? "binaryData" : "data",
    key: textArg(args, "key"),
  };
}

const objectArgs = (args: UndoArgs): string[] => [
  `${textArg(args, "kind")}/${textArg(args, "name")}`,
  inNamespace(args),
];

const inNamespace = (args: UndoArgs): string => `--namespace=${textArg(args, "namespace")}`;
