import type Docker from "dockerode";
import { FiredrillError } from "../../../error.ts";
import type { Confirmation, Injector, ResolvedFault } from "../../../fault/injector.ts";
import { lifeEnded } from "./blow.ts";
import type { ComposeFaultContext } from "./context.ts";
import { engineTime, hadOutOfMemory } from "./engine-events.ts";
import { readMemoryLimit, writeMemoryLimit } from "./memory-limit.ts";
import { confirmEach, runningTargets, type Target } from "./target.ts";
import { execIn, faultToken, type Toolbox, toolboxFor } from "./toolbox.ts";
import { toolboxArgs } from "./undo/operation.ts";

const MIB = 1024 * 1024;
/** Room above what the target uses now: less than the 64 MiB of /dev/shm that containers have by default. */
const HEADROOM_BYTES = 48 * MIB;
/** The fill must go well past the limit, for the kernel first takes back what it can. */
const OVERSHOOT_BYTES = 8 * MIB;

interface Squeezed extends Target {
  readonly toolbox: Toolbox;
  readonly ballast: string;
  /** The limit that the kernel had, as it prints it. */
  readonly previous: string;
  readonly limitBytes: number;
}

/**
 * Shared memory belongs to no process: filled up to the limit, it leaves the kernel nobody to kill but the service itself.
 * The limit is lowered in the control group, not in the container's configuration, because the engine can lower a limit
 * there and never take it away again; so a restarted container has its old limit back.
 */
export function memoryPressureInjector(context: ComposeFaultContext): Injector {
  let since = "";
  return {
    async prepare(fault) {
      const targets = await runningTargets(context, fault);
      const squeezed = await Promise.all(targets.map((target) => planFor(context, fault, target)));
      return {
        undo: squeezed.flatMap(({ id, info, ballast, previous, toolbox }) => [
          // Whoever still fills must not go on after the file is gone.
          { op: "end-processes", args: { container: id, marker: ballast, ...toolboxArgs(toolbox) } },
          { op: "remove-file", args: { container: id, path: ballast } },
          {
            op: "restore-memory-limit",
            args: { container: id, startedAt: info.State.StartedAt, previous, ...toolboxArgs(toolbox) },
          },
          { op: "start", args: { container: id } },
        ]),
        apply: async () => {
          since = await engineTime(context.docker);
          await Promise.all(squeezed.map((it) => squeeze(context, it)));
        },
        confirm: () => confirmEach(squeezed, (target) => wasKilled(context, target, since)),
      };
    },
  };
}

async function planFor(
  context: ComposeFaultContext,
  fault: ResolvedFault,
  target: Target,
): Promise<Squeezed> {
  const toolbox = await toolboxFor(context, target.id);
  const used = await workingSetBytes(context.docker, target.id);
  const previous = await readMemoryLimit(toolbox, target);
  const wanted = fault.params.limitBytes ?? used + HEADROOM_BYTES;
  // Kernels print "no limit" as `max` or as a number beyond every machine.
  const limitBytes = Number.isNaN(Number(previous)) ? wanted : Math.min(wanted, Number(previous));
  const shmBytes = target.info.HostConfig.ShmSize ?? 64 * MIB;
  const needed = limitBytes - used + OVERSHOOT_BYTES;
  if (needed > shmBytes || limitBytes <= used) {
    throw new FiredrillError(
      "USAGE_FAULT",
      `memory-pressure can't fill "${target.service}" up to its limit`,
      {
        received: `limit ${mib(limitBytes)}, in use ${mib(used)}, /dev/shm ${mib(shmBytes)}`,
        expected: "a limit above what is in use, by less than /dev/shm can hold",
        hint: "leave limitBytes out, or give the service a larger `shm_size` in the Compose file",
      },
    );
  }
  const ballast = `/dev/shm/firedrill-${faultToken(context, fault.id, target.id)}`;
  return { ...target, toolbox, ballast, previous, limitBytes };
}

async function squeeze(context: ComposeFaultContext, target: Squeezed): Promise<void> {
  await writeMemoryLimit(target.toolbox, target, String(target.limitBytes));
  // The service's death ends this command too, with any status or none; whether it died is for `confirm` to say.
  const fill = ["sh", "-c", 'exec dd if=/dev/zero of="$0" bs=1048576', target.ballast];
  const filled = await execIn(context.docker, target.id, fill).catch(() => null);
  if (filled !== null && [126, 127].includes(filled.exitCode)) {
    throw new FiredrillError("RUN_FAULT", `memory-pressure needs sh and dd in "${target.service}"`, {
      received: filled.output,
    });
  }
}

async function wasKilled(
  context: ComposeFaultContext,
  target: Squeezed,
  since: string,
): Promise<Confirmation> {
  const ended = await lifeEnded(context, target);
  const outOfMemory = await hadOutOfMemory(context.docker, target.id, since);
  const words = outOfMemory ? "the kernel ran out of memory in it" : "no out-of-memory event";
  return {
    confirmed: ended.confirmed && outOfMemory,
    evidence: `${words} (limit ${mib(target.limitBytes)}); ${ended.evidence}`,
  };
}

/** What the kernel can't take back: everything but the files' pages. */
async function workingSetBytes(docker: Docker, id: string): Promise<number> {
  const { memory_stats: memory } = await docker.getContainer(id).stats({ stream: false, "one-shot": true });
  const stats = memory.stats as Record<string, number | undefined>;
  // Names of cgroup v1 (hierarchical) and of v2.
  const files =
    (stats["total_inactive_file"] ?? stats["inactive_file"] ?? 0) +
    (stats["total_active_file"] ?? stats["active_file"] ?? 0);
  return memory.usage - files;
}

function mib(bytes: number): string {
  return `${Math.round(bytes / MIB)} MiB`;
}
