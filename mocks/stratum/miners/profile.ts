import { FiredrillError } from "../../../harness/error.ts";
import { parseDurationMs } from "../../../harness/time/duration.ts";

/** How a miner's hash rate moves: the factor on it, so many ms after its start. */
export type Profile = (sinceMs: number) => number;

/** Names as users of pools ask for them (stratum-mining/sv2-apps#536); with their parameters. */
const DEFAULTS = {
  /** Always the same. */
  track: {},
  /** From `at` on `factor` times as much. */
  step: { at: "60s", factor: "4" },
  /** Rises (or falls) to `factor` times as much until `at`. */
  ramp: { at: "300s", factor: "4" },
  /** Nothing from `at` on, for `for`. */
  stall: { at: "60s", for: "60s" },
  /** `factor` times as much for `for`, again every `every`. */
  burst: { every: "60s", for: "10s", factor: "4" },
  /** Up and down by `amplitude` (0 to 1), once every `every`. */
  oscillate: { every: "120s", amplitude: "0.5" },
} as const;
type Name = keyof typeof DEFAULTS;

/** `step:at=60s,factor=4`. @throws USAGE_FLAG */
export function parseProfile(text: string): Profile {
  const [name = "", words = ""] = text.split(/:(.*)/s);
  if (!(name in DEFAULTS)) throw wrong(text);
  const values: Record<string, string> = { ...DEFAULTS[name as Name] };
  for (const word of words.split(",").filter((it) => it !== "")) {
    const [key = "", value = ""] = word.split("=");
    if (!(key in values)) throw wrong(text);
    values[key] = value;
  }
  const ms = (key: string) => parseDurationMs(values[key] ?? "0");
  const number = (key: string) => {
    const value = Number(values[key]);
    if (!(value >= 0)) throw wrong(text);
    return value;
  };
  return PROFILES[name as Name](ms, number);
}

const PROFILES: Record<Name, (ms: (key: string) => number, number: (key: string) => number) => Profile> = {
  track: () => () => 1,
  step(ms, number) {
    const [atMs, factor] = [ms("at"), number("factor")];
    return (sinceMs) => (sinceMs < atMs ? 1 : factor);
  },
  ramp(ms, number) {
    const [atMs, factor] = [ms("at"), number("factor")];
    return (sinceMs) => 1 + (factor - 1) * Math.min(1, sinceMs / Math.max(1, atMs));
  },
  stall(ms) {
    const [fromMs, forMs] = [ms("at"), ms("for")];
    return (sinceMs) => (sinceMs >= fromMs && sinceMs < fromMs + forMs ? 0 : 1);
  },
  burst(ms, number) {
    const [everyMs, forMs, factor] = [Math.max(1, ms("every")), ms("for"), number("factor")];
    return (sinceMs) => (sinceMs % everyMs < forMs ? factor : 1);
  },
  oscillate(ms, number) {
    const [everyMs, amplitude] = [Math.max(1, ms("every")), number("amplitude")];
    return (sinceMs) => Math.max(0, 1 + amplitude * Math.sin((2 * Math.PI * sinceMs) / everyMs));
  },
};

function wrong(received: string): FiredrillError {
  const shapes = Object.entries(DEFAULTS).map(
    ([name, values]) =>
      `${name}:${Object.entries(values)
        .map(([key, value]) => `${key}=${value}`)
        .join(",")}`,
  );
  return new FiredrillError("USAGE_FLAG", "the profile can't be read", {
    received,
    expected: shapes.map((shape) => shape.replace(/:$/, "")).join(" | "),
  });
}
