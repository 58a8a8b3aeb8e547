import { runbookError } from "./runbook.ts";

/** Fences that `zx runbook.md` would run. Only `bash` is a step; the others would run there and not here. */
const RUNNABLE = /^(bash|sh|shell|js|javascript|ts|typescript)\b/i;

export function isRunnable(lang: string | null | undefined): boolean {
  return RUNNABLE.test(lang ?? "");
}

/**
 * A step's fence must be one that `zx` runs too: exactly ```bash at the start of the line, and closed. With anything
 * after the word, even a space, zx passes it over without a word.
 */
export function checkFence(source: readonly string[], file: string, line: number, endLine: number): void {
  const opening = source[line - 1] ?? "";
  const [, fence] = /^(`{3,20}|~{3,20})bash$/.exec(opening) ?? [];
  if (fence === undefined) {
    throw runbookError(
      file,
      line,
      "this fence is not bare, and zx would pass it over or run it in another way",
      {
        received: JSON.stringify(opening.slice(0, 80)),
        expected:
          '"```bash" alone, at the start of the line; attributes belong into the step comment above it',
        hint: "a fence that only shows something is written ```console or ```text",
      },
    );
  }
  if (source[endLine - 1] === fence && endLine > line) return;
  throw runbookError(file, line, "this fence is not closed by a line like its first", {
    received: JSON.stringify((source[endLine - 1] ?? "").slice(0, 80)),
    expected: fence,
  });
}
