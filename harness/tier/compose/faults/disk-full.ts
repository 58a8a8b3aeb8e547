import { posix } from "node:path";
import { FiredrillError } from "../../../error.ts";
import type { Confirmation, Injector, ResolvedFault } from "../../../fault/injector.ts";
import type { UndoAction } from "../../../fault/undo.ts";
import type { ComposeFaultContext } from "./context.ts";
import { confirmEach, runningTargets, sameLife, type Target } from "./target.ts";
import { execIn, faultToken, succeeded, toolboxFor } from "./toolbox.ts";
import { toolboxArgs } from "./undo/operation.ts";

/** Nothing larger is filled, so that the host's own disk never is. */
const MAX_BYTES = 1024 ** 3;

interface Filled extends Target {
  readonly ballast: string;
  readonly probe: string;
  readonly undo: readonly UndoAction[];
}

/** Coarse blocks first, then single ones: what is left must not hold even one. dd ends with "No space left on device". */
const FILL = `
dd if=/dev/zero of="$0" bs=1048576 conv=notrunc oflag=append
dd if=/dev/zero of="$0" bs=4096 conv=notrunc oflag=append
true`;
/** A new file of one block, which must not succeed. */
const TRY_TO_WRITE = `dd if=/dev/zero of="$0" bs=4096 count=1; result=$?; rm -f "$0"; exit $result`;

/** Fills a bounded mount of the target to its last block. */
export function diskFullInjector(context: ComposeFaultContext): Injector {
  return {
    async prepare(fault) {
      const targets = await runningTargets(context, fault);
      const filled = await Promise.all(targets.map((target) => planFor(context, fault, target)));
      return {
        undo: filled.flatMap(({ undo }) => undo),
        apply: async () => {
          for (const { id, ballast } of filled) {
            succeeded("filling", await execIn(context.docker, id, ["sh", "-c", FILL, ballast]));
          }
        },
        confirm: () => confirmEach(filled, (target) => isFull(context, target)),
      };
    },
  };
}

async function planFor(context: ComposeFaultContext, fault: ResolvedFault, target: Target): Promise<Filled> {
  const path = fault.params.path ?? (await context.volumeOf(target.service, fault.params.volume)).mountPath;
  await requireBounded(context, target, path);
  const token = faultToken(context, fault.id, target.id);
  const name = `.firedrill-${token}`;
  const ballast = posix.join(path, name);
  const volume = target.info.Mounts.find(
    ({ Type, Destination }) => Type === "volume" && Destination === path,
  );
  const place = volume?.Name === undefined ? {} : { volume: volume.Name, inVolume: name };
  const toolbox = await toolboxFor(context, target.id);
  const helper = { container: target.id, ...toolboxArgs(toolbox) };
  const undo = [
    // Whoever still fills must not go on after the file is gone.
    { op: "end-processes", args: { marker: ballast, ...helper } },
    { op: "remove-file", args: { path: ballast, ...place, ...helper } },
  ];
  return { ...target, ballast, probe: `${ballast}-probe`, undo };
}

/** @throws USAGE_FAULT unless `path` is a mount of its own, of at most {@link MAX_BYTES} */
async function requireBounded(
  context: ComposeFaultContext,
  { service, id }: Target,
  path: string,
): Promise<void> {
  // POSIX: the last line is "device kilobytes used free capacity mount-point".
  const result = await execIn(context.docker, id, ["df", "-kP", path]);
  const line = /\s(\d+)\s+\d+\s+\d+\s+\S+\s+(\/.*)$/.exec(result.output.split("\n").at(-1) ?? "");
  const bytes = Number(line?.[1] ?? Number.NaN) * 1024;
  if (result.exitCode === 0 && line?.[2] === posix.normalize(path) && bytes <= MAX_BYTES) return;
  throw new FiredrillError("USAGE_FAULT", `disk-full won't fill ${path} in "${service}"`, {
    received: result.output,
    expected: "a mount of its own, of at most 1 GiB: filling anything else could fill this machine's disk",
    hint: `give the service a bounded one in the Compose file: tmpfs: ["${path}:size=64m"]`,
  });
}

async function isFull(context: ComposeFaultContext, target: Filled): Promise<Confirmation> {
  if (!(await sameLife(context, target))) return { confirmed: false, evidence: "it was restarted" };
  const attempt = await execIn(context.docker, target.id, ["sh", "-c", TRY_TO_WRITE, target.probe]);
  const full = attempt.exitCode !== 0 && /no space left/i.test(attempt.output);
  const evidence = full
    ? `${target.ballast}: no space left on device`
    : `a write succeeded: ${attempt.output}`;
  return { confirmed: full, evidence };
}
