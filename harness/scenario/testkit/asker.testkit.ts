import type { Service } from "../../service/host.ts";
import { text } from "../../service/http.ts";

const LLM = "http://llm:8400/v1/chat/completions";
const HEADERS = { "content-type": "application/json", authorization: "Bearer key-a" };
const QUESTION = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "hello" }] });

/** The smallest client of an LLM: `GET /ask` asks it once and answers with its status. */
const asker: Service = async (host) => {
  await host.serve(8080, async ({ path }) => {
    if (path === "/unknown") {
      await host.request({ method: "GET", url: "http://llm:8400/v1/nothing", timeoutMs: 1_000 });
      return text(200, "asked");
    }
    if (path !== "/ask") return text(200, "ok");
    const ask = { method: "POST", url: LLM, headers: HEADERS, body: QUESTION, timeoutMs: 1_000 } as const;
    const status = await host.request(ask).then(
      (answer) => answer.status,
      () => 502,
    );
    return text(status, "");
  });
};
export default asker;

/** The same for a container that has nothing but Node. */
export const ASKER_PROGRAM = `
const ask = (url, rest) => fetch(url, { ...rest, signal: AbortSignal.timeout(1000) })
  .then(async (answer) => (await answer.text(), answer.status), () => 502);
require("node:http").createServer(async ({ url }, response) => {
  if (url === "/unknown") await ask("http://llm:8400/v1/nothing", {});
  const body = ${JSON.stringify(QUESTION)};
  const status = url === "/ask" ? await ask(${JSON.stringify(LLM)}, { method: "POST", headers: ${JSON.stringify(HEADERS)}, body }) : 200;
  response.writeHead(status).end();
}).listen(8080);`;
