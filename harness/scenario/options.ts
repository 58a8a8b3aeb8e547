import { parseArgs } from "node:util";
import { FiredrillError } from "../error.ts";
import { TIER_NAMES } from "../tier/index.ts";
import type { TierName } from "../tier/tier.ts";
import { suggest } from "../suggest.ts";
import type { Control } from "./definition.ts";

/** How a scenario is to be run: the flags of its command line. */
export interface RunOptions {
  readonly tier: TierName;
  readonly seed: number;
  readonly trials: number;
  readonly control: Control;
  readonly keep: boolean;
  readonly reuse: boolean;
  readonly json: boolean;
  readonly dryRun: boolean;
  readonly help: boolean;
}

const FLAGS = {
  tier: { type: "string", default: "sim", help: `where to run: ${TIER_NAMES.join(", ")} (default sim)` },
  seed: { type: "string", help: "seed of every random choice (default: a new one, printed)" },
  trials: {
    type: "string",
    default: "1",
    help: "how often, each on a fresh stack (default 1, at most 1000)",
  },
  control: {
    type: "string",
    default: "none",
    help: "placebo (break nothing) or no-runbook (repair nothing)",
  },
  keep: { type: "boolean", default: false, help: "leave the last stack up, labelled to expire in 24 h" },
  reuse: {
    type: "boolean",
    default: false,
    help: "k3d: keep clusters warm between trials, proven pristine before each",
  },
  json: { type: "boolean", default: false, help: "print gate.json on standard output and nothing else" },
  "dry-run": {
    type: "boolean",
    default: false,
    help: "print the plan and what it can't foresee; change nothing",
  },
  help: { type: "boolean", short: "h", default: false, help: "this text" },
} as const;

export const RUN_FLAGS_HELP = Object.entries(FLAGS)
  .map(([name, flag]) => `  --${name}${flag.type === "string" ? " …" : ""}`.padEnd(18) + flag.help)
  .join("\n");

const CONTROLS: readonly Control[] = ["none", "placebo", "no-runbook"];

/** @throws USAGE_FLAG that names the nearest flag there is. */
export function parseRunOptions(argv: readonly string[], randomSeed: () => number): RunOptions {
  const { values } = parse(argv);
  const tier = oneOf("tier", values.tier, TIER_NAMES);
  if (values.reuse) checkReuse(tier);
  return {
    tier,
    seed: values.seed === undefined ? randomSeed() : integer("seed", values.seed, 0, 2 ** 32 - 1),
    trials: integer("trials", values.trials, 1, 1_000),
    control: oneOf("control", values.control, CONTROLS),
    keep: values.keep,
    reuse: values.reuse,
    json: values.json,
    dryRun: values["dry-run"],
    help: values.help,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: FLAGS, strict: true, allowPositionals: false });
  } catch (cause) {
    const unknown = argv.find(
      (it) => it.startsWith("--") && !Object.hasOwn(FLAGS, it.slice(2).replace(/=.*/, "")),
    );
    throw new FiredrillError("USAGE_FLAG", (cause as Error).message.split(". ")[0]!, {
      received: argv.join(" "),
      expected: Object.keys(FLAGS)
        .map((name) => `--${name}`)
        .join(" "),
      hint: unknown ? suggest(unknown.slice(2), Object.keys(FLAGS), (flag) => `use --${flag}`) : "see --help",
      cause,
    });
  }
}

/** Other tiers have no clusters, and bring a stack up in a moment. */
function checkReuse(tier: TierName): void {
  if (tier === "k3d") return;
  throw new FiredrillError("USAGE_FLAG", `the ${tier} tier has nothing to keep warm`, {
    received: `--reuse --tier ${tier}`,
    expected: "--reuse with --tier k3d",
    hint: "leave --reuse out: every trial has a fresh stack",
  });
}

function oneOf<Value extends string>(flag: string, value: string, allowed: readonly Value[]): Value {
  const found = allowed.find((it) => it === value);
  if (found !== undefined) return found;
  throw new FiredrillError("USAGE_FLAG", `--${flag} has no such value`, {
    received: value,
    expected: allowed.join(", "),
    hint: suggest(value, allowed, (it) => `use --${flag} ${it}`),
  });
}

function integer(flag: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new FiredrillError("USAGE_FLAG", `--${flag} is not a whole number in range`, {
    received: text,
    expected: `${min} to ${max}`,
    hint: `use --${flag} ${min}`,
  });
}
