import { withMockSeeds } from "../../stack/mock-seeds.ts";
import type { StackSpec } from "../../stack/spec.ts";
import type { Tier, UpContext } from "../tier.ts";
import { simCapabilities } from "./capabilities.ts";
import { harnessClock } from "./kernel/clock.ts";
import { bringUp } from "./services/bring-up.ts";
import type { Program } from "./services/program.ts";
import { loadPrograms } from "./services/programs.ts";
import { simStack } from "./sim-stack.ts";
import type { SimStack } from "./sim-stack.ts";
import { World } from "./world.ts";

/**
 * The embedded tier: a deterministic model of Docker, its network and Postgres in virtual time, which runs the same
 * stand-ins as the real tiers. It needs nothing but Node.
 */
export const simTier: Tier = {
  name: "sim",
  capabilities: simCapabilities,
  ready: async () => ({ ready: true, detail: "needs nothing but Node" }),
  // Modules are loaded before the world begins: real work has no place in virtual time.
  up: async (stack, context) => startStack(stack, await loadPrograms(stack), context),
  // A simulated stack ends with the process that made it: after a crash there is nothing to put back or to remove.
  undoFromDisk: async () => {},
  removeRun: async () => [],
  standing: async () => [],
};

/** Brings a stack of these programs up. @throws RUN_STACK when a service does not get healthy. */
export async function startStack(
  stack: StackSpec,
  programs: ReadonlyMap<string, Program>,
  { trial, seed, emit, signal }: UpContext,
): Promise<SimStack> {
  const spec = withMockSeeds(stack, seed);
  const world = new World({ spec, seed, emit, programs });
  const clock = harnessClock(world.kernel);
  const services = [...programs.keys()];
  try {
    await bringUp(world, clock, services, true, signal);
  } catch (error) {
    world.takeDown();
    throw error;
  }
  world.announces = true;
  return simStack(world, clock, trial);
}
