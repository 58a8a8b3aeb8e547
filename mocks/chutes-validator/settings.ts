import { FiredrillError } from "../../harness/error.ts";
import { ss58Decode } from "../core/signing/ss58.ts";
import { GPUS } from "./gpus.ts";

/** What `--set name=value` can change. */
export const VALIDATOR_SETTINGS = {
  /** `chutes-tee`, the network of today, or `chutes-graval-legacy`, before it went to confidential VMs. */
  profile: "chutes-tee",
  /** Hotkeys registered on subnet 64, by comma; empty: everyone whose signature holds. */
  hotkeys: "",
  /** The validator's own hotkey: it may ask the worker for evidence. Default: the development key `//Bob`. */
  validator: "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty",
  /** How old (or far in the future) a request's nonce may be, in seconds. 600 in chutes-api's nonce_is_valid. */
  nonceSeconds: "600",
  /** The cards of the one worker, by the network's short name, and how many (its label nvidia.com/gpu.count). */
  gpu: "h200",
  gpus: "8",
  /** The address under which the worker may be registered; empty: any. */
  worker: "",
  /** Chutes that exist at the start, and how many instances of each the network wants. */
  chutes: "3",
  target: "4",
  /** Instances of each chute that other miners run at the start. */
  others: "1",
  /** How long the validator checks GPUs (legacy) before it says verified, in ms. */
  verifyMs: "5000",
  /** The version of the worker's VM that its attestation shows. */
  vmVersion: "1.3.0",
} as const;

export interface ValidatorSettings {
  readonly profile: "chutes-tee" | "chutes-graval-legacy";
  readonly hotkeys: readonly string[];
  readonly validator: string;
  readonly nonceSeconds: number;
  readonly gpu: string;
  readonly gpus: number;
  readonly worker: string;
  readonly chutes: number;
  readonly target: number;
  readonly others: number;
  readonly verifyMs: number;
  readonly vmVersion: string;
}

type Name = keyof typeof VALIDATOR_SETTINGS;

/** @throws USAGE_FLAG */
export function parseValidatorSettings(given: Readonly<Record<string, string>>): ValidatorSettings {
  const text = (name: Name) => given[name] ?? VALIDATOR_SETTINGS[name];
  const count = (name: Name, max: number, min = 0) => between(name, text(name), min, max);
  return {
    profile: oneOf("profile", text("profile"), ["chutes-tee", "chutes-graval-legacy"]),
    hotkeys: text("hotkeys")
      .split(",")
      .filter((part) => part !== "")
      .map((part) => address("hotkeys", part)),
    validator: address("validator", text("validator")),
    nonceSeconds: count("nonceSeconds", 86_400, 1),
    gpu: oneOf("gpu", text("gpu"), Object.keys(GPUS)),
    // Ten a server is the network's own limit (chutes-api, create_nodes).
    gpus: count("gpus", 10, 1),
    worker: text("worker"),
    chutes: count("chutes", 100),
    target: count("target", 1_000),
    others: count("others", 20),
    verifyMs: count("verifyMs", 86_400_000),
    vmVersion: text("vmVersion"),
  };
}

function oneOf<const T extends string>(name: string, value: string, known: readonly T[]): T {
  const found = known.find((it) => it === value);
  if (found !== undefined) return found;
  throw new FiredrillError("USAGE_FLAG", `the setting ${name} has no such value`, {
    received: value,
    expected: known.join(", "),
  });
}

function address(name: string, text: string): string {
  if (ss58Decode(text) !== null) return text;
  throw new FiredrillError("USAGE_FLAG", `the setting ${name} wants SS58 addresses`, { received: text });
}

function between(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text !== "" && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new FiredrillError("USAGE_FLAG", `the setting ${name} is out of its range`, {
    received: text,
    expected: `a whole number from ${min} to ${max}`,
  });
}
