import { jsonResponse } from "../../core/http.ts";
import type { MockResponse } from "../../core/http.ts";
import { contentText, objectsField, textField } from "../body.ts";
import { speak } from "../generate.ts";
import type { Speech } from "../generate.ts";
import { countMessages } from "../prompt.ts";
import type { Prompt } from "../prompt.ts";
import type { Call } from "../service.ts";
import { countTokens } from "../tokens.ts";
import { lineBody } from "./line-body.ts";

type Body = Readonly<Record<string, unknown>>;
type Api = "chat" | "generate";

/** POST /api/chat and /api/generate: JSON lines unless `stream` is false. */
export async function ollamaGenerate(call: Call, body: Body, api: Api): Promise<MockResponse> {
  const prompt = readPrompt(body, api);
  const speech = await speak(call, prompt, "ollama");
  const piece = (text: string) =>
    api === "chat" ? { message: { role: "assistant", content: text } } : { response: text };
  const head = () => ({
    model: prompt.model,
    created_at: new Date(call.service.world.clock.wallMs()).toISOString(),
  });
  if (body["stream"] === false) {
    await speech.whole();
    return jsonResponse(200, { ...head(), ...piece(speech.reply.text), ...last(call, speech) });
  }
  async function* lines() {
    let tokens = 0;
    for await (const batch of speech.tokens())
      for (const token of batch)
        yield { value: { ...head(), ...piece(token), done: false }, tokens: ++tokens };
    yield { value: { ...head(), ...piece(""), ...last(call, speech) }, tokens };
  }
  return { status: 200, headers: { "content-type": "application/x-ndjson" }, body: lineBody(call, lines()) };
}

/** What the last line adds. Durations are nanoseconds. */
function last({ service, startedMs }: Call, { reply, usage }: Speech) {
  const totalNs = Math.round((service.world.clock.nowMs() - startedMs) * 1e6);
  return {
    done: true,
    done_reason: reply.finish === "length" ? "length" : "stop",
    total_duration: totalNs,
    load_duration: 0,
    ...(usage === null ? {} : { prompt_eval_count: usage.input }),
    prompt_eval_duration: 0,
    ...(usage === null ? {} : { eval_count: usage.output }),
    eval_duration: totalNs,
  };
}

function readPrompt(body: Body, api: Api): Prompt {
  const { num_predict: limit, stop } = (body["options"] ?? {}) as Body;
  const format = body["format"];
  const inputTokens =
    api === "chat"
      ? countMessages(objectsField(body, "messages").map(({ content }) => contentText(content)))
      : countTokens(`${contentText(body["system"])}${contentText(body["prompt"])}`);
  return {
    model: textField(body, "model"),
    inputTokens,
    // -1 and -2 are "as long as it likes".
    maxTokens: typeof limit === "number" && limit > 0 ? limit : null,
    stop: Array.isArray(stop) ? stop.map(String) : [],
    wants:
      format === "json" || (typeof format === "object" && format !== null)
        ? { kind: "json", schema: format === "json" ? {} : format }
        : { kind: "text" },
  };
}
