/** What both LLM mocks say: so many tokens, of five characters each with their space. */
export const TOKENS = 200;
export const REPLY = Array.from({ length: TOKENS }, (_, at) => (at === 0 ? "Words" : " word")).join("");
/** The rival cuts by characters. */
export const CHARACTERS_PER_TOKEN = 5;

/** What is asked of both. */
export type Ask = "json" | "stream";

/** One request, as bytes; the same for both. */
export function requestBytes(ask: Ask, port: number): Buffer {
  const body = JSON.stringify({
    model: "gpt-4o",
    messages: [{ role: "user", content: "Where does the queue wait?" }],
    ...(ask === "stream" ? { stream: true } : {}),
  });
  const head = [
    "POST /v1/chat/completions HTTP/1.1",
    `host: 127.0.0.1:${port}`,
    "content-type: application/json",
    "authorization: Bearer sk-bench",
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
}
