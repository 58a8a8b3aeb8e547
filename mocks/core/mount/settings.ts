import { FiredrillError } from "../../../harness/error.ts";

/** What a stack's environment says to a mock. */
export interface MockSettings {
  /** MOCK_SEED; null: not said. */
  readonly seed: number | null;
  /** MOCK_SETTINGS: `name=value name=value`. */
  readonly settings: Readonly<Record<string, string>>;
}

/** @throws USAGE_STACK for what can't be read. */
export function readMockSettings(env: Readonly<Record<string, string | undefined>>): MockSettings {
  const seed = env["MOCK_SEED"] ?? "";
  if (seed !== "" && !/^\d{1,9}$/.test(seed))
    throw new FiredrillError("USAGE_STACK", "MOCK_SEED is no seed", {
      received: seed,
      expected: "a whole number",
    });
  const words = (env["MOCK_SETTINGS"] ?? "").split(/\s+/).filter((word) => word !== "");
  return { seed: seed === "" ? null : Number(seed), settings: readAssignments(words) };
}

/** `["a=1"]` → `{ a: "1" }`. @throws USAGE_STACK */
export function readAssignments(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf("=");
      if (at < 1)
        throw new FiredrillError("USAGE_STACK", "a setting has no value", {
          received: word,
          expected: "name=value",
        });
      return [word.slice(0, at), word.slice(at + 1)] as const;
    }),
  );
}
