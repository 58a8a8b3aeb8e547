import type { ErrorDetails } from "../error.ts";

/** One word of a comment: a flag (`critical`), or a name with a value (`timeout=30s`, `output~"ready"`). */
export interface Word {
  readonly name: string;
  readonly operator: "=" | "~" | "≠" | null;
  readonly value: string;
}

/** Throws an error that names the file and line of the comment. */
export type Fail = (message: string, details: ErrorDetails) => never;

/** `name`, `name=value` or `name="a value"`; `!=` may be typed for `≠`. A quote inside quotes is written `\"`. */
const WORD = /\s*([A-Za-z][A-Za-z-]*)(?:(=|~|≠|!=)("(?:[^"\\]|\\.)*"|[^\s"]+))?(?=\s|$)/y;

/** Splits what follows `step` or `expect`. The same name twice is an error. */
export function splitWords(text: string, fail: Fail): Word[] {
  const trimmed = text.trimEnd();
  const words: Word[] = [];
  const scan = new RegExp(WORD);
  while (scan.lastIndex < trimmed.length) {
    const from = scan.lastIndex;
    const match = scan.exec(trimmed);
    if (!match) {
      fail("this part of the comment can't be read", {
        received: trimmed.slice(from).trim().slice(0, 80),
        expected: 'words such as critical, timeout=30s or output~"a pattern in quotes"',
      });
    }
    const [, name = "", operator = null, value = ""] = match;
    if (words.some((word) => word.name === name)) fail(`"${name}" is said twice`, { received: trimmed });
    words.push({
      name,
      operator: (operator === "!=" ? "≠" : operator) as Word["operator"],
      value: unquote(value),
    });
  }
  return words;
}

/** Other backslashes stay: they belong to the regular expression. */
function unquote(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replaceAll('\\"', '"') : value;
}

/** Every word must be one of `allowed` (name → whether it takes a value, and with which operators). */
export function checkWords(
  words: readonly Word[],
  allowed: Readonly<Record<string, readonly Word["operator"][]>>,
  example: string,
  fail: Fail,
): void {
  for (const { name, operator, value } of words) {
    const operators = Object.hasOwn(allowed, name) ? allowed[name] : undefined;
    if (!operators)
      fail(`"${name}" is no word of this comment`, {
        received: name,
        expected: Object.keys(allowed).join(", "),
      });
    if (!operators.includes(operator)) {
      fail(`"${name}" is not written like this`, {
        received: `${name}${operator ?? ""}${value}`,
        expected: example,
      });
    }
  }
}
