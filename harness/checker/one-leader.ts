import { fieldOf } from "./field.ts";

export interface OneLeaderFinding {
  /** Each as a sentence with the position of the record, counted from 1. */
  readonly violations: readonly string[];
  /** Records without a `writer` and a numeric `token`: nothing can be said of them. */
  readonly unreadable: number;
}

/**
 * Reads records in commit order, each with its `writer` and the fencing `token` it wrote under. With at most one
 * leader at a time the token never goes back (an old leader does not write after a new one), and one token
 * names one writer.
 */
export function findLeaderViolations(records: readonly unknown[]): OneLeaderFinding {
  const violations: string[] = [];
  const writerOf = new Map<number, string>();
  let highest = -Infinity;
  let unreadable = 0;
  for (const [index, record] of records.entries()) {
    const token = tokenOf(record);
    const writer = fieldOf(record, "writer");
    if (token === null || typeof writer !== "string") {
      unreadable += 1;
      continue;
    }
    const known = writerOf.get(token) ?? writer;
    if (known !== writer) {
      violations.push(`record ${index + 1}: ${writer} wrote with token ${token}, which is ${known}'s`);
    }
    if (token < highest) {
      violations.push(`record ${index + 1}: ${writer} wrote with token ${token} after token ${highest}`);
    }
    writerOf.set(token, known);
    highest = Math.max(highest, token);
  }
  return { violations, unreadable };
}

/** Databases hand out large integers as text. */
function tokenOf(record: unknown): number | null {
  const token = fieldOf(record, "token");
  if (typeof token === "number" && Number.isFinite(token)) return token;
  return typeof token === "string" && /^\d{1,15}$/.test(token) ? Number(token) : null;
}
