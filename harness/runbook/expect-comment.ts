import type { Expectation } from "./runbook.ts";
import { readDurationMs, readName } from "./step-comment.ts";
import { checkWords, type Fail, splitWords, type Word } from "./words.ts";

const EXAMPLE =
  '<!-- expect probe=api within=60s hold=10s -->, <!-- expect exit=1 --> or <!-- expect output~"ready" -->';
const ALLOWED = { probe: ["="], within: ["="], hold: ["="], exit: ["=", "≠"], output: ["~"] } as const;

type ExpectWords = Expectation extends infer E
  ? E extends unknown
    ? Omit<E, "line" | "text">
    : never
  : never;

/** Reads what follows `<!-- expect`. */
export function readExpectation(text: string, fail: Fail): ExpectWords {
  const words = splitWords(text, fail);
  checkWords(words, ALLOWED, EXAMPLE, fail);
  const find = (name: keyof typeof ALLOWED) => words.find((word) => word.name === name);
  const subjects = [find("probe"), find("exit"), find("output")].filter((word) => word !== undefined);
  const [subject] = subjects;
  if (!subject || subjects.length !== 1) {
    fail("an expectation is about one thing", { received: `expect${text}`.trim(), expected: EXAMPLE });
  }
  const within = find("within");
  const hold = find("hold");
  if (subject.name === "probe") return readProbe(subject, within, hold, fail);
  if (within ?? hold) {
    fail("within= and hold= belong to a probe", { received: `expect${text}`.trim(), expected: EXAMPLE });
  }
  return subject.name === "exit" ? readExit(subject, fail) : readOutput(subject, fail);
}

function readProbe(probe: Word, within: Word | undefined, hold: Word | undefined, fail: Fail): ExpectWords {
  if (!within)
    fail("a probe needs a time within which it is good", {
      received: `probe=${probe.value}`,
      expected: EXAMPLE,
    });
  const withinMs = readDurationMs(within.value, "within", fail);
  const holdMs = hold === undefined || hold.value === "0s" ? 0 : readDurationMs(hold.value, "hold", fail);
  if (holdMs >= withinMs) {
    fail("a probe can't be good for hold= within a time that is no longer", {
      received: `within=${within.value} hold=${hold?.value}`,
      expected: "within= longer than hold=",
    });
  }
  return { kind: "probe", probe: readName(probe.value, "probe", fail), withinMs, holdMs };
}

function readExit({ operator, value }: Word, fail: Fail): ExpectWords {
  const code = Number(value);
  if (!/^\d{1,3}$/.test(value) || code > 255) {
    fail("exit is no exit status", { received: value, expected: "a number from 0 to 255" });
  }
  return { kind: "exit", equal: operator === "=", code };
}

function readOutput({ value }: Word, fail: Fail): ExpectWords {
  if (value === "") fail("output~ matches anything", { received: '""', expected: "a pattern that can fail" });
  try {
    void RegExp(value, "m");
    return { kind: "output", pattern: value };
  } catch (error) {
    return fail("output~ is no regular expression", {
      received: value,
      expected: "a JavaScript regular expression in quotes",
      hint: (error as Error).message,
    });
  }
}
