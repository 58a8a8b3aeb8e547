/** Texts kept; the oldest goes first. */
const MAX_ENTRIES = 1_000;

export interface CachedAnswer {
  readonly text: string;
  readonly ageMs: number;
}

export interface AnswerCache {
  put(prompt: string, text: string, nowMs: number): void;
  /** Null when there is none, or none young enough. */
  get(prompt: string, nowMs: number): CachedAnswer | null;
}

/** The last answer to each prompt, for when no provider has one: never older than `maxAgeMs`, and always with its age. */
export function createAnswerCache(maxAgeMs: number): AnswerCache {
  const entries = new Map<string, { readonly text: string; readonly atMs: number }>();
  return {
    put(prompt, text, nowMs) {
      entries.delete(prompt);
      entries.set(prompt, { text, atMs: nowMs });
      for (const oldest of entries.keys()) {
        if (entries.size <= MAX_ENTRIES) break;
        entries.delete(oldest);
      }
    },
    get(prompt, nowMs) {
      const entry = entries.get(prompt);
      if (entry === undefined || nowMs - entry.atMs > maxAgeMs) return null;
      return { text: entry.text, ageMs: nowMs - entry.atMs };
    },
  };
}
