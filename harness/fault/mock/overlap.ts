import type { FaultParams } from "../injector.ts";

/**
 * Can two faults in one mock meet the same request? Different faults compose: the mock asks for each where it bites. Of two
 * of one name only the one put first is met, so the second would change nothing; unless a label tells them apart.
 */
export function sameSubjects(a: FaultParams, b: FaultParams): boolean {
  if (a.fault !== b.fault) return false;
  return Object.entries(a.scope ?? {}).every(([label, value]) => {
    const other = b.scope?.[label];
    return other === undefined || other === value;
  });
}
