import { FiredrillError } from "../../harness/error.ts";

/** What `--set name=value` can change. */
export const SUBTENSOR_SETTINGS = {
  /** Netuids by comma; 0 is the root network. */
  subnets: "0,1,46,64",
  /** In each of them. The first six have the hotkeys `//Alice` to `//Ferdie`, two of them are validators. */
  neurons: "16",
  /** The head's number when the mock starts. */
  height: "1000",
  /** Real: 12 seconds; a local net with fast blocks: 250 ms. */
  blockMs: "12000",
  /** Blocks that finality is behind the head when all is well. */
  finalityLag: "2",
  /** `true`: state of every block; else of the last 256, as nodes keep it. */
  archive: "false",
  chain: "Bittensor",
  specVersion: "425",
} as const;

export interface SubtensorSettings {
  readonly subnets: readonly number[];
  readonly neurons: number;
  readonly height: number;
  readonly blockMs: number;
  readonly finalityLag: number;
  readonly archive: boolean;
  readonly chain: string;
  readonly specVersion: number;
}

/** @throws USAGE_FLAG */
export function parseSubtensorSettings(given: Readonly<Record<string, string>>): SubtensorSettings {
  const text = (name: keyof typeof SUBTENSOR_SETTINGS) => given[name] ?? SUBTENSOR_SETTINGS[name];
  const count = (name: keyof typeof SUBTENSOR_SETTINGS, least: number, most: number) =>
    whole(name, text(name), least, most);
  return {
    subnets: text("subnets")
      .split(",")
      .map((part) => whole("subnets", part, 0, 65_535))
      .toSorted((a, b) => a - b),
    neurons: count("neurons", 1, 4_096),
    height: count("height", 1, 20_000),
    blockMs: count("blockMs", 10, 3_600_000),
    finalityLag: count("finalityLag", 0, 1_000),
    archive: text("archive") === "true",
    chain: text("chain"),
    specVersion: count("specVersion", 1, 1_000_000),
  };
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text !== "" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new FiredrillError("USAGE_FLAG", `the setting ${name} is no whole number from ${least} to ${most}`, {
    received: text,
  });
}
