import { runbookError } from "./runbook.ts";
import { near } from "./near.ts";

/** A comment that begins with one of our words. */
export interface Comment {
  readonly word: "step" | "expect";
  /** What follows the word. */
  readonly rest: string;
  /** The comment's own text, white space made single. */
  readonly text: string;
}

const STEP_FLAGS: readonly string[] = ["manual", "approve", "rollback"];

/**
 * Looks at a piece of HTML in the document. Ours: its parts. An ordinary comment or tag: null. Anything that looks
 * like ours and would be passed over in silence is an error, because a runbook that loses a step rehearses nothing.
 */
export function readComment(html: string, file: string, line: number): Comment | null {
  const comments = [...html.matchAll(/<!--([\s\S]*?)(-->|$)/g)];
  let ours: Comment | null = null;
  for (const [whole, content = "", end] of comments) {
    if (end === "") {
      throw runbookError(file, line, "this comment is never closed and swallows all that follows", {
        received: whole.slice(0, 80),
        expected: "-->",
      });
    }
    const found = classify(content, file, line);
    if (!found) continue;
    if (html.trim() !== whole) {
      throw runbookError(file, line, `a ${found.word} comment must stand on its own, outside other HTML`, {
        received: html.trim().slice(0, 120),
        expected: whole,
        hint: "put it on a line of its own, with an empty line between it and other HTML or comments",
      });
    }
    ours = found;
  }
  return ours;
}

function classify(content: string, file: string, line: number): Comment | null {
  const text = content.trim().replaceAll(/\s+/g, " ");
  const first = /^\S+/.exec(text)?.[0] ?? "";
  if (first === "step" || first === "expect") {
    return { word: first, rest: content.trim().slice(first.length), text };
  }
  if (STEP_FLAGS.includes(first.toLowerCase())) {
    throw runbookError(file, line, `"${first}" belongs inside a step comment`, {
      received: `<!-- ${text} -->`,
      expected: "<!-- step id=tell manual -->",
    });
  }
  const word = first.replace(/[^A-Za-z]+$/, "");
  const meant = near(word, "step", 1) ? "step" : near(word, "expect", 2) ? "expect" : null;
  if (meant === null) return null;
  throw runbookError(file, line, `"${first}" looks like ${meant} and would be passed over`, {
    received: `<!-- ${text.slice(0, 80)} -->`,
    expected: `<!-- ${meant} … -->, or an ordinary comment that begins with another word`,
    hint: `write ${meant}, or reword the comment`,
  });
}
