import { FiredrillError } from "../../../../error.ts";
import type { Confirmation, Injector, ResolvedFault } from "../../../../fault/injector.ts";
import { faultToken, marked, toolboxFor } from "../../../compose/faults/toolbox.ts";
import { toolboxArgs } from "../../../compose/faults/undo/operation.ts";
import type { K3dFaultContext } from "../context.ts";
import { execInNode } from "../in-node.ts";
import { runBesidePod } from "./in-pod.ts";
import { toldBy } from "./held-pod.ts";
import { confirmAllPods, podNow, type PodTarget, runningPods } from "./pods.ts";

/** Nothing larger is filled: it is the machine's memory. */
const MAX_BYTES = 1024 ** 3;

interface Filled extends PodTarget {
  readonly mountPath: string;
  /** Where the kubelet mounts the volume on the node. */
  readonly folder: string;
  readonly ballast: string;
  readonly token: string;
}

/** `$2`: the file. Coarse blocks first, then single ones: what is left must not hold even one. */
const FILL = `
dd if=/dev/zero of="/proc/1/root$2" bs=1048576 conv=notrunc oflag=append
dd if=/dev/zero of="/proc/1/root$2" bs=4096 conv=notrunc oflag=append
true`;
/** A new file of one block, which must not succeed. */
const TRY_TO_WRITE = `dd if=/dev/zero of="$0" bs=4096 count=1; result=$?; rm -f "$0"; exit $result`;

/** Fills a volume in memory (emptyDir, medium Memory, with a sizeLimit) to its last block; others have no bound of their own. */
export function diskFullInjector(context: K3dFaultContext): Injector {
  return {
    async prepare(fault) {
      const targets = await runningPods(context, fault);
      const filled = targets.map((target) => planFor(context, fault, target));
      const undo = await Promise.all(
        filled.map(async ({ node, ballast, token }) => {
          const helper = toolboxArgs(await toolboxFor(context, node));
          return { op: "remove-node-file", args: { node, path: ballast, token, ...helper } };
        }),
      );
      return {
        undo,
        apply: async () => void (await Promise.all(filled.map((it) => fill(context, it)))),
        confirm: () => confirmAllPods(context, filled, (it) => isFull(context, it)),
      };
    },
  };
}

function planFor(context: K3dFaultContext, fault: ResolvedFault, target: PodTarget): Filled {
  const { uid } = target.pod.metadata;
  const { name, mountPath } = boundedVolume(fault, target);
  const folder = `/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~empty-dir/${name}`;
  const token = faultToken(context, fault.id, uid);
  return { ...target, mountPath, folder, token, ballast: `${folder}/.firedrill-${token}` };
}

/** The volume at `path`, or the only one that has a bound. @throws USAGE_FAULT */
function boundedVolume(fault: ResolvedFault, { service, pod }: PodTarget) {
  const mounts = pod.spec.containers.flatMap(({ volumeMounts }) => volumeMounts ?? []);
  const bounded = (pod.spec.volumes ?? [])
    .filter(({ emptyDir }) => emptyDir?.medium === "Memory" && emptyDir.sizeLimit !== undefined)
    .flatMap(({ name }) => mounts.filter((mount) => mount.name === name).slice(0, 1));
  const { path } = fault.params;
  const matches = path === undefined ? bounded : bounded.filter(({ mountPath }) => mountPath === path);
  const [only] = matches;
  if (only !== undefined && matches.length === 1) return only;
  throw new FiredrillError("USAGE_FAULT", `disk-full won't fill ${path ?? "a volume"} of "${service}"`, {
    received: `bounded volumes at: ${bounded.map(({ mountPath }) => mountPath).join(", ") || "none"}`,
    expected:
      "one emptyDir with medium Memory and a sizeLimit: filling any other would fill its node's disk or this machine's",
    hint:
      path === undefined && matches.length > 1
        ? "say which: path"
        : 'give it one: emptyDir: { medium: "Memory", sizeLimit: "64Mi" }; for a node\'s disk use node-disk-pressure',
  });
}

async function fill(context: K3dFaultContext, target: Filled): Promise<void> {
  const { docker } = context;
  const size = await execInNode(docker, target.node, ["stat", "-f", "-c", "%T %b %S", target.folder]);
  const [type, blocks, blockBytes] = size.stdout.split(" ");
  const bytes = Number(blocks) * Number(blockBytes);
  if (type !== "tmpfs" || !(bytes <= MAX_BYTES)) {
    throw new FiredrillError(
      "USAGE_FAULT",
      `disk-full won't fill ${target.mountPath} of "${target.service}"`,
      {
        received: `${size.stdout || size.stderr} (file system, blocks, bytes each)`,
        expected: "a tmpfs of at most 1 GiB",
      },
    );
  }
  const toolbox = marked(await toolboxFor(context, target.node), target.token);
  const place = { node: target.node, uid: target.pod.metadata.uid };
  toldBy("filling", await runBesidePod(toolbox, place, FILL, [target.ballast]));
}

async function isFull(context: K3dFaultContext, target: Filled): Promise<Confirmation> {
  const attempt = await execInNode(context.docker, target.node, [
    "sh",
    "-c",
    TRY_TO_WRITE,
    `${target.ballast}-probe`,
  ]);
  const full = attempt.exitCode !== 0 && /no space left/i.test(attempt.stderr);
  if (full) return { confirmed: true, evidence: `${target.mountPath}: no space left on device` };
  const gone = (await podNow(context, target)) === null;
  return {
    confirmed: false,
    evidence: gone ? "the pod is gone" : `a write to ${target.mountPath} succeeded: ${attempt.stderr}`,
  };
}
