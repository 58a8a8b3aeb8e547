import type { Random } from "../../harness/service/host.ts";
import type { DelayParams } from "./faults/transport.ts";

/** The 99th percentile of the standard normal distribution. */
const Z99 = 2.3263478740408408;

/**
 * Samples from a uniform stream. V8 carries its own `log` and `exp` (fdlibm), so the numbers are the same on every
 * platform that Node runs on.
 */

/** Standard normal, by Box and Muller. */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  return radius * Math.cos(2 * Math.PI * random.next());
}

/** Log-normal with this mean; `sigma` is the deviation of the logarithm. */
export function logNormal(random: Random, mean: number, sigma: number): number {
  return sigma === 0 ? mean : mean * Math.exp(sigma * normal(random) - (sigma * sigma) / 2);
}

/** `length` characters of `alphabet`. */
export function randomText(random: Random, length: number, alphabet: string): string {
  let text = "";
  for (let at = 0; at < length; at++) text += alphabet[random.below(alphabet.length)] ?? "";
  return text;
}

export const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
export const HEX = "0123456789abcdef";

/** One delay of the `latency` fault, in ms. Without `p99`, it is taken as three times the mean. */
export function sampleDelayMs(random: Random, params: DelayParams): number {
  if (params.dist === "trace") return params.trace[random.below(params.trace.length)] ?? 0;
  const { dist, mean, p99 = mean * 3 } = params;
  if (mean === 0) return 0;
  switch (dist) {
    case "const":
      return mean;
    case "uniform":
      return 2 * mean * random.next();
    case "normal":
      return Math.max(0, mean + ((p99 - mean) / Z99) * normal(random));
    case "lognormal":
      return logNormal(random, mean, sigmaOf(p99 / mean));
    case "pareto": {
      // Shape 1.5: a mean, and no variance. Its mean is three times the least value.
      return mean / 3 / (1 - random.next()) ** (1 / 1.5);
    }
  }
}

/** Of a log-normal whose 99th percentile is `ratio` means: the smaller root of s²/2 − Z99·s + ln(ratio) = 0. */
function sigmaOf(ratio: number): number {
  const root = Z99 * Z99 - 2 * Math.log(Math.max(1, ratio));
  return Z99 - Math.sqrt(Math.max(0, root));
}
