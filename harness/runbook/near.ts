import { editDistance } from "../edit-distance.ts";

/**
 * Is `word` what someone types who means `target`? Other case, or at most `mistakesMax` wrong, missing, added or
 * swapped letters (edit distance with transpositions of neighbours).
 */
export function near(word: string, target: string, mistakesMax: number): boolean {
  if (Math.abs(word.length - target.length) > mistakesMax) return false;
  return editDistance(word.toLowerCase(), target) <= mistakesMax;
}
