import { FiredrillError } from "../../harness/error.ts";

/** What `--set name=value` can change. */
export const LLM_SETTINGS = {
  /** Served models, by comma. */
  models:
    "gpt-4o,gpt-4o-mini,gpt-4.1,text-embedding-3-small,claude-sonnet-5-5,claude-sonnet-4-5,claude-3-opus-20240229,llama3.2",
  /** Keys that are let in, by comma; empty: any key but none is not. */
  keys: "",
  /** `off`: answers at once. Else a preset of engine/presets.ts. */
  engine: "off",
  slots: "64",
  maxQueue: "256",
  kvTokens: "262144",
  /** Tokens that fit into a prompt and its answer. */
  contextTokens: "128000",
  /** Limits per key: OpenAI's requests and tokens a minute, Anthropic's requests, input and output tokens a minute. */
  rpm: "10000",
  tpm: "2000000",
  itpm: "2000000",
  otpm: "400000",
  /** US dollars per million tokens: input/output. */
  price: "3/15",
  /** The text of every answer; empty: made up from the seed. */
  reply: "",
  /** The kv-cache gauge has another name before vLLM's V1 engine: `v1` or `v0`. */
  vllm: "v1",
} as const;

export interface LlmSettings {
  readonly models: readonly string[];
  readonly keys: readonly string[];
  readonly engine: string;
  readonly slots: number;
  readonly maxQueue: number;
  readonly kvTokens: number;
  readonly contextTokens: number;
  readonly limits: Limits;
  readonly price: { readonly input: number; readonly output: number };
  readonly reply: string;
  readonly vllm: "v0" | "v1";
}

/** Per key and minute. */
export interface Limits {
  readonly rpm: number;
  readonly tpm: number;
  readonly itpm: number;
  readonly otpm: number;
}

/** @throws USAGE_FLAG */
export function parseLlmSettings(given: Readonly<Record<string, string>>): LlmSettings {
  const text = (name: keyof typeof LLM_SETTINGS) => given[name] ?? LLM_SETTINGS[name];
  const list = (name: keyof typeof LLM_SETTINGS) =>
    text(name)
      .split(",")
      .filter((part) => part !== "");
  const count = (name: keyof typeof LLM_SETTINGS) => positive(name, text(name));
  const [input = "", output = ""] = text("price").split("/");
  return {
    models: list("models"),
    keys: list("keys"),
    engine: text("engine"),
    slots: count("slots"),
    maxQueue: count("maxQueue"),
    kvTokens: count("kvTokens"),
    contextTokens: count("contextTokens"),
    limits: { rpm: count("rpm"), tpm: count("tpm"), itpm: count("itpm"), otpm: count("otpm") },
    price: { input: positive("price", input), output: positive("price", output) },
    reply: text("reply"),
    vllm: text("vllm") === "v0" ? "v0" : "v1",
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (text !== "" && Number.isFinite(value) && value > 0) return value;
  throw new FiredrillError("USAGE_FLAG", `the setting ${name} is no positive number`, { received: text });
}
