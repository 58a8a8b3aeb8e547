import { parseFault } from "../../../mocks/core/faults/spec.ts";
import { faultKindsOf } from "../../../mocks/core/faults/transport.ts";
import { FiredrillError } from "../../error.ts";
import type { FaultSpec } from "../../scenario/definition.ts";
import { servicesOfRole } from "../../stack/roles.ts";
import type { StackSpec } from "../../stack/spec.ts";
import { faultBody } from "./control.ts";
import { mockOf } from "./mock-of.ts";

/**
 * Checks every fault on a mock against what that mock knows: its name, its parameters, its conditions.
 * @throws USAGE_FAULT with what was probably meant
 */
export async function checkMockFaults(faults: readonly FaultSpec[], stack: StackSpec): Promise<void> {
  for (const fault of faults) {
    if (fault.kind !== "mock") continue;
    for (const target of servicesOfRole(stack, fault.on)) {
      const mock = await mockOf(stack, target);
      try {
        // As the mock will read it: without what was left out.
        parseFault(JSON.parse(JSON.stringify(faultBody(fault.params, fault.ttlMs))), faultKindsOf(mock));
      } catch (error) {
        if (!(error instanceof FiredrillError)) throw error;
        const { received, expected, hint } = error;
        throw new FiredrillError(
          "USAGE_FAULT",
          `fault "${fault.id}" on ${target} (mock ${mock.name}): ${error.message}`,
          {
            ...(received === undefined ? {} : { received }),
            ...(expected === undefined ? {} : { expected }),
            ...(hint === undefined ? {} : { hint }),
          },
        );
      }
    }
  }
}
