import { FiredrillError } from "../../harness/error.ts";
import { CARD_KEYS, cardOf } from "./catalogue/cards.ts";
import type { Card } from "./catalogue/card.ts";

/** A machine of today has eight; 16 leaves room. */
const MAX_GPUS = 16;

/** What `--set name=value` can change. */
export const GPU_SETTINGS = {
  /** A key of catalogue/cards.ts. */
  card: "h100_sxm",
  /** How many of them. */
  count: "1",
  /** The node's name: in DCGM's label and in the Kubernetes view. */
  hostname: "gpu-0",
  driver: "590.48.01",
  cuda: "13.1",
  /** Of the air at the inlet, °C. */
  ambientC: "25",
  /** Metrics as dcgm-exporter `4.8` or `4.9` names them. */
  dcgm: "4.8",
  /** Between two collections; a scrape shows the last one. dcgm-exporter's default. */
  dcgmIntervalMs: "30000",
  /** `default`, or `health` with ECC, violations, retired pages, XID and clock event counts. */
  dcgmCounters: "default",
  /** Time slicing: each GPU is offered so many times. */
  replicas: "1",
  /** `on`: the labels of a chutes node too. */
  chutes: "off",
  /** The control port of an LLM mock that runs on these GPUs: it slows down when they do. `http://llm:8499` */
  slows: "",
} as const;

export interface GpuSettings {
  readonly cardKey: string;
  readonly card: Card;
  readonly count: number;
  readonly hostname: string;
  readonly driver: string;
  readonly cuda: string;
  readonly ambientC: number;
  readonly dcgm: Dialect;
  readonly dcgmIntervalMs: number;
  readonly dcgmCounters: "default" | "health";
  readonly replicas: number;
  readonly chutes: boolean;
  /** Null: nobody is slowed down. */
  readonly slows: string | null;
}

/** The two spellings of dcgm-exporter's metrics. */
export type Dialect = "4.8" | "4.9";

/** @throws USAGE_FLAG */
export function parseGpuSettings(given: Readonly<Record<string, string>>): GpuSettings {
  const text = (name: keyof typeof GPU_SETTINGS) => given[name] ?? GPU_SETTINGS[name];
  const oneOf = <T extends string>(name: keyof typeof GPU_SETTINGS, allowed: readonly T[]): T =>
    allowed.find((it) => it === text(name)) ?? wrong(name, text(name), allowed.join(" or "));
  const within = (name: keyof typeof GPU_SETTINGS, low: number, high: number): number => {
    const value = Number(text(name));
    return text(name) !== "" && value >= low && value <= high
      ? value
      : wrong(name, text(name), `a number from ${low} to ${high}`);
  };
  const whole = (name: keyof typeof GPU_SETTINGS, low: number, high: number): number => {
    const value = within(name, low, high);
    return Number.isInteger(value) ? value : wrong(name, text(name), "a whole number");
  };
  return Object.freeze({
    cardKey: text("card"),
    card: cardOf(text("card")),
    count: whole("count", 0, MAX_GPUS),
    hostname: text("hostname"),
    driver: text("driver"),
    cuda: text("cuda"),
    ambientC: within("ambientC", 15, 60),
    dcgm: oneOf("dcgm", ["4.8", "4.9"]),
    dcgmIntervalMs: whole("dcgmIntervalMs", 1_000, 3_600_000),
    dcgmCounters: oneOf("dcgmCounters", ["default", "health"]),
    replicas: whole("replicas", 1, 64),
    chutes: oneOf("chutes", ["on", "off"]) === "on",
    slows: text("slows") === "" ? null : text("slows").replace(/\/$/, ""),
  });
}

function wrong(name: string, received: string, expected: string): never {
  throw new FiredrillError("USAGE_FLAG", `the setting ${name} can't be used`, {
    received,
    expected,
    ...(name === "card" ? { hint: CARD_KEYS.join(", ") } : {}),
  });
}
