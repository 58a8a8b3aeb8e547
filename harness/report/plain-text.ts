/**
 * Text from the outside world, made safe to print: terminal escapes, and characters that XML 1.0
 * forbids (https://www.w3.org/TR/xml/#charsets), are taken out. Lines and tabs stay.
 */
export function plainText(text: string): string {
  return text.toWellFormed().replace(TERMINAL_ESCAPES, "").replace(FORBIDDEN_IN_XML, "");
}

// CSI (colours, cursor), OSC (titles, links; ended by BEL or ST), then the short two-character escapes (ECMA-48).
const TERMINAL_ESCAPES =
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[ -/]*[0-~]/g;
// oxlint-disable-next-line no-control-regex -- as above
const FORBIDDEN_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g;

/** {@link plainText} with the five characters that mean something in HTML and XML written as references. */
export function escapeMarkup(text: string): string {
  return plainText(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** One line of at most `maxChars`, for tables and terminals; what was cut is marked with "…". */
export function oneLine(text: string, maxChars = 300): string {
  const line = plainText(text).replace(/\s+/g, " ").trim();
  const characters = [...line];
  return characters.length <= maxChars ? line : `${characters.slice(0, maxChars - 1).join("")}…`;
}

export interface Excerpt {
  readonly text: string;
  /** Lines left out before the excerpt; 0 when it is whole. */
  readonly linesLeftOut: number;
}

/** The end of an output, where the error usually is: at most `maxLines` lines and `maxChars` characters. */
export function excerpt(output: string, maxLines = 40, maxChars = 4_000): Excerpt {
  const lines = plainText(output).replace(/\r\n?/g, "\n").trimEnd().split("\n");
  let kept = lines.slice(-maxLines);
  while (kept.length > 1 && kept.join("\n").length > maxChars) kept = kept.slice(1);
  return { text: kept.join("\n").slice(-maxChars), linesLeftOut: lines.length - kept.length };
}
