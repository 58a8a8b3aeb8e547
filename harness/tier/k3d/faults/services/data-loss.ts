import type { Confirmation, Injector, PreparedFault, ResolvedFault } from "../../../../fault/injector.ts";
import type { WorkloadRef } from "../../../../stack/spec.ts";
import {
  faultToken,
  marked,
  runHelper,
  succeeded,
  type Toolbox,
  toolboxFor,
} from "../../../compose/faults/toolbox.ts";
import { toolboxArgs } from "../../../compose/faults/undo/operation.ts";
import type { K3dFaultContext } from "../context.ts";
import { type FolderVolume, foldersOf } from "./claims.ts";
import { downForGood } from "./kill.ts";
import { runningOf, targetServices } from "./pods.ts";
import { requireScalable, whereIs, workloadNow } from "./scale.ts";

/** A folder that is emptied, and the copy beside it from which the undo puts the files back. */
interface Victim extends FolderVolume {
  readonly workload: WorkloadRef;
  readonly toolbox: Toolbox;
  /** Marks the helper that empties the folder, so that the undo can end it first. */
  readonly token: string;
  readonly backup: string;
}

/** Marks a backup that is whole; the files are in the folder beside it. */
export const BACKUP_DONE = "done";

/** `$1`: the folder, `$2`: the copy. Nothing is emptied before the copy is whole and on the disk. */
const BACK_UP_AND_EMPTY = `
set -e
[ -d "/proc/1/root$1" ]
mkdir "/proc/1/root$2" "/proc/1/root$2/files"
cp -a "/proc/1/root$1/." "/proc/1/root$2/files/"
touch "/proc/1/root$2/${BACKUP_DONE}"
sync -f "/proc/1/root$2"
find "/proc/1/root$1" -mindepth 1 -delete`;

/** The service dies, if it still runs, stays down, and its volume is emptied: an outage may well turn into a loss. */
export function dataLossInjector(context: K3dFaultContext): Injector {
  return {
    async prepare(fault) {
      const services = await targetServices(context, fault);
      for (const { workload } of services) requireScalable(workload, fault.kind);
      const victims = (
        await Promise.all(services.map((service) => victimsOf(context, fault, service)))
      ).flat();
      // What another fault has scaled down already stays its own to bring back.
      const wanted = await Promise.all(
        services.map(async ({ workload }) =>
          (await workloadNow(context, workload)).spec.replicas === 0 ? [] : [workload],
        ),
      );
      const running = await Promise.all(services.map((service) => runningOf(context, service)));
      const down = await downForGood(context, fault, running.flat(), wanted.flat());
      return withVolumes(context, down, victims);
    },
  };
}

function withVolumes(
  context: K3dFaultContext,
  down: PreparedFault,
  victims: readonly Victim[],
): PreparedFault {
  return {
    undo: [
      ...victims.map((victim) => ({ op: "restore-folder", args: restoreArgs(context, victim) })),
      ...down.undo,
    ],
    apply: async () => {
      await down.apply();
      await Promise.all(
        victims.map(async ({ toolbox, token, node, path, backup }) => {
          const argv = ["sh", "-c", BACK_UP_AND_EMPTY, "empty", path, backup];
          succeeded("emptying the volume", await runAmong(marked(toolbox, token), node, argv));
        }),
      );
    },
    confirm: async () => {
      const answers = [
        await down.confirm(),
        ...(await Promise.all(victims.map((victim) => isLost(context, victim)))),
      ];
      return {
        confirmed: answers.every(({ confirmed }) => confirmed),
        evidence: answers.flatMap(({ evidence }) => evidence || []).join("; "),
      };
    },
  };
}

async function victimsOf(
  context: K3dFaultContext,
  fault: ResolvedFault,
  service: Awaited<ReturnType<typeof targetServices>>[number],
): Promise<Victim[]> {
  const folders = await foldersOf(context, service, fault.params.volume);
  return Promise.all(
    folders.map(async (folder) => {
      const token = faultToken(context, fault.id, `${folder.node}:${folder.path}`);
      const toolbox = await toolboxFor(context, folder.node);
      const backup = `${folder.path}.firedrill-${token}`;
      return { ...folder, workload: service.workload, toolbox, token, backup };
    }),
  );
}

function restoreArgs(context: K3dFaultContext, { workload, toolbox, token, node, path, backup }: Victim) {
  const selector = Object.entries(workload.selector).map(([name, value]) => `${name}=${value}`);
  return {
    node,
    path,
    backup,
    token,
    selector: selector.join(","),
    ...whereIs(context, workload),
    ...toolboxArgs(toolbox),
  };
}

async function isLost(
  context: K3dFaultContext,
  { workload, toolbox, node, path, claim }: Victim,
): Promise<Confirmation> {
  const argv = ["find", `/proc/1/root${path}`, "-mindepth", "1"];
  const listed = succeeded("listing the volume", await runAmong(toolbox, node, argv));
  const files = listed.split("\n").filter(Boolean).length;
  const replicas = (await workloadNow(context, workload)).spec.replicas ?? 1;
  return {
    confirmed: files === 0 && replicas === 0,
    evidence: `the volume of ${claim} holds ${files} files; ${replicas} replicas are asked for`,
  };
}

/** A helper among the node's processes, to which the node's files are at `/proc/1/root`. */
const runAmong = (toolbox: Toolbox, node: string, argv: readonly string[]) =>
  runHelper(toolbox, argv, {
    PidMode: `container:${node}`,
    NetworkMode: "none",
    UsernsMode: "host",
    Privileged: true,
  });
