import type Docker from "dockerode";
import type { Confirmation, Injector } from "../../../fault/injector.ts";
import type { ComposeFaultContext } from "./context.ts";
import { confirmEach, runningTargets, sameLife, type Target } from "./target.ts";
import { execIn, faultToken, succeeded, type Toolbox, toolboxFor } from "./toolbox.ts";
import { toolboxArgs } from "./undo/operation.ts";

/** Of what the loops could take. Others on a busy machine leave them less, and the effect is there all the same. */
const ENOUGH = 0.25;

interface Stressed extends Target {
  readonly toolbox: Toolbox;
  readonly marker: string;
  /** What the target can have at most: its quota and the machine's cores. */
  readonly cores: number;
}

/** `$0`: the marker, which stays in every loop's command line. `$1`: loops, `$2`: seconds until they end by themselves. */
const LOOPS = `
loops=""
i=0
while [ "$i" -lt "$1" ]; do
  ( while :; do :; done ) &
  loops="$loops $!"
  i=$((i + 1))
done
sleep "$2"
kill -9 $loops
wait`;

/** Busy loops in the target's own control group take their share of its CPU time. */
export function cpuStressInjector(context: ComposeFaultContext): Injector {
  return {
    async prepare(fault) {
      const cores = fault.params.cores ?? 1;
      const targets = await runningTargets(context, fault);
      const { NCPU } = (await context.docker.info()) as { NCPU: number };
      const stressed = await Promise.all(
        targets.map(async (target): Promise<Stressed> => {
          const quota = target.info.HostConfig.NanoCpus ? target.info.HostConfig.NanoCpus / 1e9 : NCPU;
          const marker = `firedrill-${faultToken(context, fault.id, target.id)}`;
          return {
            ...target,
            marker,
            cores: Math.min(cores, quota, NCPU),
            toolbox: await toolboxFor(context, target.id),
          };
        }),
      );
      const seconds = Math.ceil(fault.ttlMs / 1_000);
      return {
        undo: stressed.map(({ id, marker, toolbox }) => ({
          op: "end-processes",
          args: { container: id, marker, ...toolboxArgs(toolbox) },
        })),
        apply: async () => {
          for (const target of stressed) await startLoops(context.docker, target, cores, seconds);
        },
        confirm: () => confirmEach(stressed, (target) => isBusy(context, target)),
      };
    },
  };
}

async function startLoops(docker: Docker, { id, marker }: Stressed, cores: number, seconds: number) {
  succeeded("looking for sh and sleep", await execIn(docker, id, ["sh", "-c", "command -v sleep"]));
  const exec = await docker
    .getContainer(id)
    .exec({ Cmd: ["sh", "-c", LOOPS, marker, String(cores), String(seconds)] });
  await exec.start({ Detach: true });
}

/** The control group's own account of CPU time, over the second or so between two looks. */
async function isBusy(context: ComposeFaultContext, target: Stressed): Promise<Confirmation> {
  if (!(await sameLife(context, target))) return { confirmed: false, evidence: "it was restarted" };
  const stats = await context.docker.getContainer(target.id).stats({ stream: false });
  const usedNs = stats.cpu_stats.cpu_usage.total_usage - stats.precpu_stats.cpu_usage.total_usage;
  const overMs = Date.parse(stats.read) - Date.parse(stats.preread);
  const used = overMs > 0 ? usedNs / 1e6 / overMs : 0;
  return {
    confirmed: used >= ENOUGH * target.cores,
    evidence: `its control group uses ${used.toFixed(2)} of ${target.cores} cores`,
  };
}
