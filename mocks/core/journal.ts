/** More than this and the oldest go: a mock may run for days. */
const MAX_ENTRIES = 100_000;

/** One fact of a mock's life. `seq` counts from 1. */
export interface JournalEntry {
  readonly seq: number;
  readonly atMs: number;
  readonly kind: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Journal {
  note(kind: string, fields: Readonly<Record<string, unknown>>): void;
  /** The entries after `since`, oldest first. */
  entries(since?: number): JournalEntry[];
  /** The same as JSON lines: one spelling per fact, so equal lives have equal bytes. */
  text(since?: number): string;
  /** How many requests asked for something that the mock does not model. */
  unmodelled(): number;
  clear(): void;
}

/** Append-only until `clear`. Time is cut to microseconds, so that no rounding of sums shows. */
export function createJournal(nowMs: () => number): Journal {
  let entries: JournalEntry[] = [];
  let seq = 0;
  let unmodelled = 0;
  const entriesSince = (since = 0) => {
    const first = entries[0]?.seq ?? 1;
    return entries.slice(Math.max(0, since + 1 - first));
  };
  return {
    note(kind, fields) {
      if (kind === "unmodelled") unmodelled += 1;
      entries.push({ seq: ++seq, atMs: Math.round(nowMs() * 1_000) / 1_000, kind, fields });
      if (entries.length > MAX_ENTRIES) entries = entries.slice(MAX_ENTRIES / 2);
    },
    entries: entriesSince,
    text: (since) => entriesSince(since).map(line).join(""),
    unmodelled: () => unmodelled,
    clear() {
      entries = [];
      seq = 0;
      unmodelled = 0;
    },
  };
}

function line({ seq, atMs, kind, fields }: JournalEntry): string {
  return `${JSON.stringify({ seq, atMs, kind, ...(sorted(fields) as object) })}\n`;
}

/** Keys in byte order, all the way down. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const pairs = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(pairs.map(([key, field]) => [key, sorted(field)]));
}
