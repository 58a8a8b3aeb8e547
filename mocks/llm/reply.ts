import type { Random } from "../../harness/service/host.ts";
import type { FaultHit } from "../core/mock.ts";
import { instanceOf } from "./json-instance.ts";
import type { Prompt } from "./prompt.ts";
import { tokenize } from "./tokens.ts";

/** Why an answer ends. */
export type Finish = "stop" | "stop_sequence" | "length" | "tool" | "refusal";

/** What a model says, cut into tokens. */
export interface Reply {
  readonly tokens: readonly string[];
  readonly text: string;
  readonly finish: Finish;
  /** With `stop_sequence`: which. */
  readonly stopSequence: string | null;
  /** With `tool`: whose arguments the text is. */
  readonly tool: string | null;
}

/** How a fault changes what is said. */
export interface ReplyFaults {
  readonly fault: (kind: string) => FaultHit | null;
  /** The setting `reply`; null: made up. */
  readonly fixed: FixedReply | null;
}

/** A text that every answer is, cut only once. */
export interface FixedReply {
  readonly text: string;
  readonly tokens: readonly string[];
}

export function fixedReply(text: string): FixedReply | null {
  return text === "" ? null : { text, tokens: tokenize(text) };
}

const WORDS = (
  "the a one this each system node queue leader request answer chain block worker result plan check state record " +
  "moves waits starts returns holds writes reads keeps follows confirms slowly again first then still never often"
).split(" ");
/** Ours: how long an answer is when nobody limits it. */
const SENTENCES = { least: 1, most: 5 };
const WORDS_PER_SENTENCE = { least: 4, most: 14 };

/** The model's answer: a function of the random stream, the prompt's form and the faults. */
export function composeReply(prompt: Prompt, random: Random, faults: ReplyFaults): Reply {
  if (faults.fault("refusal") !== null) {
    const text = "I can't help with that.";
    return { tokens: tokenize(text), text, finish: "refusal", stopSequence: null, tool: null };
  }
  const said = say(prompt, random, faults);
  const tool = prompt.wants.kind === "tool" ? prompt.wants.name : null;
  const stop = firstStop(said, prompt.stop);
  const text = stop === null ? said : said.slice(0, stop.at);
  const tokens = text === faults.fixed?.text ? faults.fixed.tokens : tokenize(text);
  const limit = prompt.maxTokens ?? Infinity;
  if (tokens.length > limit) {
    const kept = tokens.slice(0, limit);
    return { tokens: kept, text: kept.join(""), finish: "length", stopSequence: null, tool };
  }
  const finish = tool !== null ? "tool" : stop === null ? "stop" : "stop_sequence";
  return { tokens, text, finish, stopSequence: stop?.sequence ?? null, tool };
}

function say({ wants }: Prompt, random: Random, { fault, fixed }: ReplyFaults): string {
  const ordered = fault("reply");
  if (ordered !== null) return String(ordered.params["text"]);
  if (wants.kind === "tool") {
    const json = JSON.stringify(instanceOf(wants.schema));
    return fault("toolCall.badJson") === null ? json : json.slice(0, -1);
  }
  const text =
    fixed !== null
      ? fixed.text
      : wants.kind === "json"
        ? JSON.stringify(instanceOf(wants.schema))
        : prose(random);
  const around = fault("prose");
  return around === null
    ? text
    : `${String(around.params["before"])}${text}${String(around.params["after"])}`;
}

function prose(random: Random): string {
  const between = ({ least, most }: { least: number; most: number }) =>
    least + random.below(most - least + 1);
  const sentences = Array.from({ length: between(SENTENCES) }, () => {
    const words = Array.from(
      { length: between(WORDS_PER_SENTENCE) },
      () => WORDS[random.below(WORDS.length)],
    );
    const sentence = words.join(" ");
    return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
  });
  return sentences.join(" ");
}

function firstStop(text: string, stops: readonly string[]): { at: number; sequence: string } | null {
  const found = stops
    .filter((sequence) => sequence !== "")
    .map((sequence) => ({ at: text.indexOf(sequence), sequence }))
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => a.at - b.at);
  return found[0] ?? null;
}
