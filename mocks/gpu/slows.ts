import type { Errand } from "../core/mock.ts";
import type { Machine } from "./machine/machine.ts";
import { slowdownOf } from "./api/show.ts";

/** The LLM mock's `engine.slow` goes no further. */
const MOST = 100;

/**
 * What the LLM mock that runs on these GPUs has to hear: how many times slower they are (its fault `engine.slow`), or that
 * they are gone, on which vLLM's engine dies and its server answers 503. The LLM's presets are for a GPU at full clocks.
 */
export function slowsErrand(control: string, machine: Machine): readonly Errand[] {
  const { slowdown } = slowdownOf(machine.look());
  const to = { name: "slows", url: `${control}/faults/gpu` };
  if (slowdown === 1) return [{ ...to, method: "DELETE", body: "" }];
  const fault =
    slowdown === null
      ? { kind: "error", params: { name: "unavailable", message: "EngineDeadError: the GPU is gone" } }
      : { kind: "engine.slow", params: { factor: Math.min(MOST, slowdown) } };
  return [{ ...to, method: "PUT", body: JSON.stringify(fault) }];
}
