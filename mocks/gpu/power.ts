import { z } from "zod";
import { FiredrillError } from "../../harness/error.ts";
import { shownGpu } from "./api/show.ts";
import type { Machine } from "./machine/machine.ts";

const actSchema = z.strictObject({ action: z.enum(["reboot", "powerCycle", "replace"]) });
const HOW = { reboot: "reboot", powerCycle: "power-cycle", replace: "never" } as const;

/**
 * What an operator does to the machine: POST /act of the control port. `replace` puts in other cards of the same kind.
 * @throws USAGE_FLAG for anything else
 */
export function actOnMachine(machine: Machine, input: unknown): unknown {
  const parsed = actSchema.safeParse(input);
  if (!parsed.success)
    throw new FiredrillError("USAGE_FLAG", "nobody can do that to the machine", {
      received: JSON.stringify(input)?.slice(0, 200) ?? "nothing",
      expected: '{"action":"reboot"}, powerCycle or replace',
    });
  machine.restart(HOW[parsed.data.action]);
  return machine.look().map(shownGpu);
}
