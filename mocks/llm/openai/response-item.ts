import type { Reply } from "../reply.ts";

/** What the ids of a response's output are made of. */
export interface ItemIds {
  readonly item: string;
  readonly call: string;
}

/** The one item of a response's output: a message or a function call. */
export function outputItem(
  { tool, text, finish }: Reply,
  { item, call }: ItemIds,
  status: "in_progress" | "completed",
): Record<string, unknown> {
  const said = status === "completed" ? text : "";
  if (tool !== null)
    return {
      id: `fc_${item}`,
      type: "function_call",
      status,
      arguments: said,
      call_id: `call_${call}`,
      name: tool,
    };
  const part = contentPart(said, finish === "refusal");
  return {
    id: `msg_${item}`,
    type: "message",
    status,
    content: status === "completed" ? [part] : [],
    role: "assistant",
  };
}

export function contentPart(text: string, refusal: boolean): Record<string, unknown> {
  return refusal
    ? { type: "refusal", refusal: text }
    : { type: "output_text", annotations: [], logprobs: [], text };
}
