/** One server-sent event of an answer. */
export interface StreamEvent {
  /** The `event:` line; null: none. */
  readonly name: string | null;
  /** The `data:` line: one line of JSON, or a mark such as `[DONE]`. */
  readonly data: string;
  /** How many tokens of the answer are out when this event is. */
  readonly tokens: number;
}

/** Batches of events: those of one batch come at the same moment. */
export type StreamEvents = AsyncIterable<readonly StreamEvent[]>;

const BLANK = "\u0000";

/** JSON with one text left open: `jsonAround((text) => ({ type: "delta", text }))` writes the rest only once. */
export function jsonAround(value: (text: string) => unknown): (text: string) => string {
  const [before = "", after = ""] = JSON.stringify(value(BLANK)).split(JSON.stringify(BLANK));
  return (text) => before + JSON.stringify(text) + after;
}

export function eventText({ name, data }: StreamEvent): string {
  return name === null ? `data: ${data}\n\n` : `event: ${name}\ndata: ${data}\n\n`;
}
