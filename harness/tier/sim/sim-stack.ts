import type { RunningStack, ShellResult, ShellStep } from "../tier.ts";
import type { Clock } from "../../time/clock.ts";
import { injectorsFor } from "./faults/injectors.ts";
import { auditUndo, carryOut } from "./faults/undo.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { runShellStep } from "./shell/shell.ts";
import type { World } from "./world.ts";

/** A running stack of the sim tier: besides the contract, the digest of all that happened in it. */
export interface SimStack extends RunningStack {
  /** Equal for equal plan and seed; see determinism.ts. */
  traceDigest(): string;
}

/** The tier's contract over one world. Nothing of it outlives the process, so `--keep` has nothing to keep. */
export function simStack(world: World, clock: Clock, trial: number): SimStack {
  const { spec } = world;
  // Without the run's id: that is random, and what runs in here must be a function of the seed alone.
  const projectName = `fd-sim-t${trial}`;
  return {
    tier: "sim",
    spec,
    clock,
    injectors: injectorsFor(world),
    state: async (service) => world.container(service).state,
    request: (request) => world.request(request),
    runShell: (step: ShellStep): Promise<ShellResult> => runShellStep({ world, clock, projectName }, step),
    logs: async (service) => world.container(service).log,
    undo: (action) => carryOut(world, action),
    audit: (action) => auditUndo(world, action),
    fingerprint: async () => fingerprintOf(world),
    async outsideAttempts() {
      const counts = [...world.outside];
      const attempts = counts.reduce((sum, [, count]) => sum + count, 0);
      return { attempts, detail: counts.map(([what, count]) => `${what} (${count}×)`).join(", ") || "none" };
    },
    traceDigest: () => world.trace.digest(),
    async [Symbol.asyncDispose]() {
      world.takeDown();
    },
  };
}
