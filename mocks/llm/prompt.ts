import { countTokens } from "./tokens.ts";

export type Dialect = "openai" | "anthropic" | "ollama";

/** What an answer must be. */
export type Wants =
  | { readonly kind: "text" }
  | { readonly kind: "json"; readonly schema: unknown }
  | { readonly kind: "tool"; readonly name: string; readonly schema: unknown };

/** A request for text, whatever dialect it came in. */
export interface Prompt {
  readonly model: string;
  readonly inputTokens: number;
  /** Of the answer; null: the client set no limit. */
  readonly maxTokens: number | null;
  readonly stop: readonly string[];
  readonly wants: Wants;
}

/** Each message costs a few tokens more than its text: its role and its borders (OpenAI's cookbook counts 3). */
const TOKENS_PER_MESSAGE = 3;

export function countMessages(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + countTokens(text) + TOKENS_PER_MESSAGE, 0);
}
