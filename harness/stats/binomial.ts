import { FiredrillError } from "../error.ts";

/** Halving the interval this often leaves less than one part in 2^60: finer than a double can show. */
const BISECTIONS = 60;
/** More trials than anyone runs; keeps the sum below short. */
const MAX_TRIALS = 100_000;

/**
 * One-sided Clopper-Pearson lower bound: with `confidence` the true success rate is at least this.
 * It is the rate p at which `successes` or more in `trials` would be seen with probability 1 - confidence.
 * Source: C. J. Clopper, E. S. Pearson, "The use of confidence or fiducial limits", Biometrika 26 (1934).
 * @throws BUG when the arguments are not counts, or the confidence is not between 0 and 1.
 */
export function clopperPearsonLowerBound(successes: number, trials: number, confidence = 0.95): number {
  checkArguments(successes, trials, confidence);
  if (successes === 0) return 0;
  let low = 0;
  let high = 1;
  for (let step = 0; step < BISECTIONS; step += 1) {
    const middle = (low + high) / 2;
    if (probabilityOfAtLeast(successes, trials, middle) > 1 - confidence) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

/** P(X >= successes) for X ~ Bin(trials, rate), summed in logarithms so that no term overflows. */
export function probabilityOfAtLeast(successes: number, trials: number, rate: number): number {
  if (successes <= 0) return 1;
  if (rate <= 0) return 0;
  if (rate >= 1) return 1;
  let logTerm = trials * Math.log1p(-rate);
  const logOdds = Math.log(rate) - Math.log1p(-rate);
  let sum = 0;
  for (let count = 0; count <= trials; count += 1) {
    if (count >= successes) sum += Math.exp(logTerm);
    logTerm += Math.log(trials - count) - Math.log(count + 1) + logOdds;
  }
  return Math.min(1, sum);
}

function checkArguments(successes: number, trials: number, confidence: number): void {
  const counts = Number.isInteger(successes) && Number.isInteger(trials);
  const inOrder = successes >= 0 && trials >= 1 && successes <= trials && trials <= MAX_TRIALS;
  if (counts && inOrder && confidence > 0 && confidence < 1) return;
  throw new FiredrillError("BUG", "no bound can be computed", {
    received: `${successes} of ${trials} at confidence ${confidence}`,
    expected: `0 <= successes <= trials <= ${MAX_TRIALS}, 0 < confidence < 1`,
  });
}
