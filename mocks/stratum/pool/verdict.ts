/** Slush's numbers for refusals, and ckpool's words. */
export const REFUSALS = {
  invalidJob: [21, "Invalid JobID"],
  stale: [21, "Stale"],
  time: [20, "Ntime out of range"],
  duplicate: [22, "Duplicate"],
  aboveTarget: [23, "Above target"],
  mask: [20, "Invalid version mask"],
  extranonce2: [20, "Invalid nonce2 length"],
  malformed: [20, "Invalid parameters"],
  unauthorized: [24, "Unauthorized worker"],
  notSubscribed: [25, "Not subscribed"],
  full: [20, "Too many shares of one job"],
} as const satisfies Record<string, Refusal>;

/** Number and reason. */
export type Refusal = readonly [number, string];

/** What a miner reads under each dialect; `refusal` null: taken. */
export function verdictText(dialect: "codes" | "reason", id: unknown, refusal: Refusal | null): string {
  if (refusal === null) return JSON.stringify({ result: true, error: null, id });
  const [code, reason] = refusal;
  if (dialect === "codes") return JSON.stringify({ result: false, error: [code, reason, null], id });
  return JSON.stringify({ "reject-reason": reason, result: false, error: null, id });
}
