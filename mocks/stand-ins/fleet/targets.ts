/** Checks in a row after which a target changes sides. Two of each: the NLB of scenario S3, see mocks/README.md. */
export const GOOD_CHECKS = 2;
export const BAD_CHECKS = 2;

/** What the balancer knows of one target. */
export interface Target {
  readonly url: string;
  readonly healthy: boolean;
  /** Checks in a row that speak against the present state. */
  readonly against: number;
}

/** A target is out until it has proven itself. */
export function newTarget(url: string): Target {
  return { url, healthy: false, against: 0 };
}

/** The target after one more check. */
export function checked(target: Target, good: boolean): Target {
  if (good === target.healthy) return { ...target, against: 0 };
  const against = target.against + 1;
  const turns = against >= (target.healthy ? BAD_CHECKS : GOOD_CHECKS);
  return turns ? { ...target, healthy: good, against: 0 } : { ...target, against };
}
