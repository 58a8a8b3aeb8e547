import { FiredrillError } from "../../error.ts";
import { escapeMarkup } from "../plain-text.ts";

const SAFE = Symbol("safe markup");

/** Markup that is safe to put on a page: only `html` and `trusted` make it. */
export interface Html {
  readonly [SAFE]: true;
  readonly markup: string;
}

/** What may stand in a template. Text and numbers are escaped; `null` and `false` leave nothing. */
export type Part = Html | string | number | null | false | readonly Part[];

/**
 * A template whose every `${…}` is escaped unless it is markup itself, for text and for quoted attributes:
 * `html\`<p title="${title}">${text}</p>\``. An attribute without quotes, a script or a style must hold no `${…}`.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let markup = strings[0] ?? "";
  for (const [index, part] of parts.entries()) markup += flatten(part) + (strings[index + 1] ?? "");
  return { [SAFE]: true, markup };
}

/** Markup written by Firedrill itself, such as its style sheet. Never give it text from a run. */
export function trusted(markup: string): Html {
  return { [SAFE]: true, markup };
}

function flatten(part: Part): string {
  if (part === null || part === false) return "";
  if (typeof part === "string") return escapeMarkup(part);
  if (typeof part === "number") return finite(part);
  return SAFE in part ? part.markup : part.map(flatten).join("");
}

function finite(value: number): string {
  if (Number.isFinite(value)) return String(value);
  throw new FiredrillError("BUG", "a number on the page is not finite", { received: String(value) });
}
