/**
 * Text as tokens: words of up to six letters with their leading space, single marks, runs of white space. Real tokenizers
 * are trained and differ per model; counts from this one are within a third of theirs for English (fidelity: stubbed).
 */
const TOKEN = / ?[\p{L}\p{N}]{1,6}|\s+| ?[^\s\p{L}\p{N}]/gu;

export function tokenize(text: string): string[] {
  return text.match(TOKEN) ?? [];
}

export function countTokens(text: string): number {
  return tokenize(text).length;
}
