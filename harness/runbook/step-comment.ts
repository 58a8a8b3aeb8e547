import { FiredrillError } from "../error.ts";
import { parseDurationMs } from "../time/duration.ts";
import { DEFAULT_TIMEOUT_MS, type Step, STEP_TIERS, type StepTier } from "./runbook.ts";
import { checkWords, type Fail, splitWords, type Word } from "./words.ts";

const EXAMPLE = "<!-- step id=restart timeout=30s critical rollback=undo-restart -->";
const ALLOWED = {
  id: ["="],
  timeout: ["="],
  tier: ["="],
  requires: ["="],
  rollback: ["="],
  critical: [null],
  manual: [null],
  approve: [null],
} as const;

/** What a step comment says by itself, without its fence. */
export type StepWords = Pick<
  Step,
  "id" | "timeoutMs" | "timeoutStated" | "critical" | "approve" | "requires" | "rollback" | "tiers"
> & { readonly manual: boolean };

/** Reads what follows `<!-- step`. */
export function readStepWords(text: string, fail: Fail): StepWords {
  const words = splitWords(text, fail);
  checkWords(words, ALLOWED, EXAMPLE, fail);
  const value = (name: keyof typeof ALLOWED) => words.find((word) => word.name === name)?.value ?? null;
  const has = (name: keyof typeof ALLOWED) => words.some((word) => word.name === name);
  const id = value("id");
  if (id === null) fail("a step needs an id", { received: `step${text}`.trim(), expected: EXAMPLE });
  const timeout = value("timeout");
  const tier = value("tier");
  return {
    id: readName(id, "id", fail),
    timeoutMs: timeout === null ? DEFAULT_TIMEOUT_MS : readDurationMs(timeout, "timeout", fail),
    timeoutStated: timeout !== null,
    critical: has("critical"),
    approve: has("approve"),
    manual: has("manual"),
    requires: readOptionalName(value("requires"), "requires", fail),
    rollback: readOptionalName(value("rollback"), "rollback", fail),
    tiers: tier === null ? null : tier.split(",").map((name) => readTier(name, fail)),
  };
}

function readTier(value: string, fail: Fail): StepTier {
  const tier = STEP_TIERS.find((name) => name === value);
  return (
    tier ??
    fail("tier= names no tier", {
      received: value,
      expected: `one of ${STEP_TIERS.join(", ")}, or several with commas and no spaces`,
    })
  );
}

function readOptionalName(value: string | null, word: Word["name"], fail: Fail): string | null {
  return value === null ? null : readName(value, word, fail);
}

/** Names go into events, reports and command lines. */
export function readName(value: string, word: string, fail: Fail): string {
  if (/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(value)) return value;
  return fail(`${word}= is no name`, {
    received: JSON.stringify(value),
    expected: "a letter, then letters, digits, - and _, at most 64 in all",
  });
}

/** A duration longer than zero. */
export function readDurationMs(value: string, word: string, fail: Fail): number {
  try {
    const ms = parseDurationMs(value, word);
    if (ms > 0 && Number.isFinite(ms)) return ms;
  } catch (error) {
    if (!(error instanceof FiredrillError)) throw error;
  }
  return fail(`${word}= is no duration longer than zero`, {
    received: JSON.stringify(value),
    expected: "a duration such as 500ms, 20s or 2m",
  });
}
