import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FREE_PORTS, testMock } from "../core/echo.testkit.ts";
import { createAuthority } from "../core/mount/authority.ts";
import { serveMock } from "../core/mount/standalone.ts";
import { promtoolCheck, startPrometheus } from "../core/prometheus.testkit.ts";
import { clientsOf, REACH } from "./clients.testkit.ts";
import type { Reached } from "./clients.testkit.ts";
import { CHAT } from "./fault-case.testkit.ts";
import { llmMock } from "./llm.ts";
import { python } from "./python-clients.testkit.ts";

let reached: Reached;
beforeAll(async () => {
  reached = await REACH.standalone();
});
afterAll(() => reached.close());
afterEach(() => reached.mock.faults.clear());

const run = (script: string) => python(reached.origin ?? "", script);
const sentence = expect.stringMatching(/^[A-Z].*\.$/) as unknown as string;

describe("openai 3.x for Python", () => {
  test("chat, whole and streamed, by turns and at once", async () => {
    const told = await run(`
whole = oa.chat.completions.create(model="gpt-4o", messages=ask)
tell([whole.choices[0].message.content, whole.choices[0].finish_reason, whole.usage.completion_tokens > 0])
raw = oa.chat.completions.with_raw_response.create(model="gpt-4o", messages=ask)
tell([raw.headers["x-request-id"][:4], raw.parse().object])
text, last = "", None
for chunk in oa.chat.completions.create(model="gpt-4o", messages=ask, stream=True, stream_options={"include_usage": True}):
    text += (chunk.choices[0].delta.content or "") if chunk.choices else ""
    last = chunk
tell([text, last.usage.total_tokens > 0])
with oa.chat.completions.stream(model="gpt-4o", messages=ask) as stream:
    tell([stream.get_final_completion().choices[0].message.content])
async def one():
    text = ""
    async for chunk in await oa_async.chat.completions.create(model="gpt-4o", messages=ask, stream=True):
        text += chunk.choices[0].delta.content or ""
    return text
async def many():
    return await asyncio.gather(*[one() for _ in range(8)])
tell(asyncio.run(many()))
`);
    expect(told).toEqual([
      [sentence, "stop", true],
      ["req_", "chat.completion"],
      [sentence, true],
      [sentence],
      Array.from({ length: 8 }, () => sentence),
    ]);
  });

  test("tools, structured output, responses, completions, embeddings, models", async () => {
    const told = await run(`
tool = {"type": "function", "function": {"name": "get_weather", "parameters": schema}}
called = oa.chat.completions.create(model="gpt-4o", messages=ask, tools=[tool], tool_choice="required")
tell(json.loads(called.choices[0].message.tool_calls[0].function.arguments))
from pydantic import BaseModel
class Advice(BaseModel):
    action: str
    confidence: float
tell(oa.chat.completions.parse(model="gpt-4o", messages=ask, response_format=Advice).choices[0].message.parsed.model_dump())
response = oa.responses.create(model="gpt-4o", input="Why?")
tell([response.status, response.output_text])
with oa.responses.stream(model="gpt-4o", input="Why?") as stream:
    types = [event.type for event in stream]
    tell([types[0], types[-1], stream.get_final_response().output_text])
tell(oa.completions.create(model="gpt-4o", prompt="Once", max_tokens=3, echo=True).choices[0].text[:4])
tell(len([c for c in oa.completions.create(model="gpt-4o", prompt="Once", max_tokens=3, stream=True) if c.choices[0].text]))
vectors = oa.embeddings.create(model="text-embedding-3-small", input=["a", "a"], dimensions=8).data
tell([len(vectors[0].embedding), vectors[0].embedding == vectors[1].embedding])
tell([oa.models.list().data[0].id, oa.models.retrieve("gpt-4o").id])
`);
    expect(told).toEqual([
      { city: "text" },
      { action: "text", confidence: 1 },
      ["completed", sentence],
      ["response.created", "response.completed", sentence],
      "Once",
      3,
      [8, true],
      ["gpt-4o", "gpt-4o"],
    ]);
  });

  test("errors have its own classes, and it tries again as long as the mock says", async () => {
    reached.mock.faults.put("busy", {
      kind: "error",
      params: { name: "rate_requests", retryAfterMs: 50 },
      count: 2,
    });
    const told = await run(`
tell(oa.chat.completions.create(model="gpt-4o", messages=ask).choices[0].finish_reason)
tell(failure(lambda: oa.chat.completions.create(model="gpt-9", messages=ask))[:2])
tell(failure(lambda: openai.OpenAI(base_url=origin + "/v1", api_key="two words").models.list())[:2])
`);
    expect(told).toEqual(["stop", ["NotFoundError", 404], ["AuthenticationError", 401]]);
    expect(reached.mock.faults.list()[0]?.hits).toBe(2);
  });

  test("a stream that breaks: a reset is an error, an error inside it too", async () => {
    const script = `
def read():
    for chunk in oa.chat.completions.create(model="gpt-4o", messages=ask, stream=True):
        pass
tell(failure(read)[0])
`;
    reached.mock.faults.put("f", { kind: "stream.cut", params: { afterTokens: 2, mode: "rst" } });
    expect(await run(script)).toEqual(["APIConnectionError"]);
    reached.mock.faults.put("f", { kind: "overload.inband", params: { afterTokens: 2 } });
    expect(await run(script)).toEqual(["APIError"]);
  });
});

describe("anthropic 2.x for Python", () => {
  test("messages, whole and streamed, tools, count_tokens, models", async () => {
    const told = await run(`
whole = an.messages.create(**claude)
tell([whole.content[0].text, whole.stop_reason, whole.usage.output_tokens > 0])
with an.messages.stream(**claude) as stream:
    text = "".join(stream.text_stream)
    final = stream.get_final_message()
    tell([text, final.content[0].text == text, final.stop_reason])
tell([event.type for event in an.messages.create(**claude, stream=True)][-1])
async def one():
    async with an_async.messages.stream(**claude) as stream:
        return (await stream.get_final_message()).stop_reason
async def many():
    return await asyncio.gather(*[one() for _ in range(8)])
tell(asyncio.run(many()))
tool = {"name": "get_weather", "input_schema": schema}
called = an.messages.create(**claude, tools=[tool], tool_choice={"type": "any"})
tell([called.stop_reason, called.content[0].input])
tell(an.messages.count_tokens(model=claude["model"], messages=ask).input_tokens == whole.usage.input_tokens)
tell(claude["model"] in [model.id for model in an.models.list()])
`);
    const versions = reached.mock.journal.entries().map(({ fields }) => fields["headers"]);
    expect(versions).toContainEqual(expect.objectContaining({ "anthropic-version": "2026-10-21" }));
    expect(told).toEqual([
      [sentence, "end_turn", true],
      [sentence, true, "end_turn"],
      "message_stop",
      Array.from({ length: 8 }, () => "end_turn"),
      ["tool_use", { city: "text" }],
      true,
      true,
    ]);
  });

  test("errors have its own classes, before the stream and inside it", async () => {
    const { faults } = reached.mock;
    const script = `
once = an.with_options(max_retries=0)
tell(failure(lambda: once.messages.create(**claude)))
`;
    faults.put("f", { kind: "overload.http" });
    expect(await run(script)).toEqual([["OverloadedError", 529, expect.stringMatching(/^req_/)]]);
    faults.put("f", { kind: "error", params: { name: "rate_requests" } });
    expect(await run(script)).toEqual([["RateLimitError", 429, expect.stringMatching(/^req_/)]]);
    faults.put("f", { kind: "overload.inband", params: { afterTokens: 1 } });
    const [inside] = await run(`
def read():
    with an.messages.stream(**claude) as stream:
        stream.get_final_message()
tell(failure(read))
`);
    // The status is that of the head, which was well.
    expect(inside).toEqual(["APIStatusError", 200, expect.stringMatching(/^req_/)]);
  });
});

test("over TLS the Python clients trust the mock by SSL_CERT_FILE, and see its certificate's faults", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fd-tls-"));
  const file = join(folder, "ca.pem");
  const authority = await createAuthority();
  writeFileSync(file, authority.pem);
  const mock = testMock(llmMock, { mode: { kind: "run", scale: 1 } });
  const server = await serveMock(mock, { ...FREE_PORTS, authority });
  const ask = (kind: string | null) => {
    mock.faults.clear();
    if (kind !== null) mock.faults.put("f", { kind });
    return python(
      `https://localhost:${server.ports["api"]}`,
      `
def why(call):
    try:
        return call()
    except Exception as error:
        return str(error.__cause__)
once = oa.with_options(max_retries=0)
tell(why(lambda: once.chat.completions.create(model="gpt-4o", messages=ask).choices[0].finish_reason))
`,
      { SSL_CERT_FILE: file },
    );
  };
  try {
    expect(await ask(null)).toEqual(["stop"]);
    expect(await ask("tls.expired")).toEqual([expect.stringContaining("certificate has expired")]);
    expect(await ask("tls.wrongHost")).toEqual([expect.stringContaining("Hostname mismatch")]);
    expect(await ask("tls.selfSigned")).toEqual([expect.stringContaining("self-signed certificate")]);
  } finally {
    await server.close();
    rmSync(folder, { recursive: true });
  }
});

test("promtool reads the vLLM metrics; only its taste in names differs", async () => {
  const text = await (await fetch(`${reached.origin}/metrics`)).text();
  const { exitCode, says } = await promtoolCheck(text);
  expect([0, 3], says).toContain(exitCode);
  // The check can fail.
  expect((await promtoolCheck(text.replace("# TYPE", "# TIPE {"))).exitCode).toBe(3);
  expect((await promtoolCheck(`${text}broken{ 1\n`)).exitCode).toBe(1);
});

test("a real Prometheus scrapes them, and histogram_quantile finds the latency that a client saw", async () => {
  const fresh = await REACH.standalone({ mode: { kind: "jump" } });
  const prometheus = await startPrometheus([fresh.origin ?? ""]);
  try {
    fresh.mock.faults.put("slow", { kind: "ttft", params: { mean: 200 } });
    const { openai } = clientsOf(fresh);
    let wroteTokens = 0;
    for (let n = 0; n < 4; n++)
      wroteTokens += (await openai.chat.completions.create(CHAT)).usage?.completion_tokens ?? 0;
    const value = async (expression: string) => {
      const [first] = await prometheus.query(expression).catch(() => []);
      return first?.value;
    };
    await expect
      .poll(() => value("vllm:generation_tokens_total"), { timeout: 60_000, interval: 200 })
      .toBe(wroteTokens);
    const labels = (await prometheus.query("vllm:time_to_first_token_seconds_count"))[0]?.labels;
    expect(labels).toMatchObject({ engine: "0", model_name: "gpt-4o", job: "mock" });
    const p50 = await value(
      "histogram_quantile(0.5, sum by (le) (vllm:time_to_first_token_seconds_bucket{model_name='gpt-4o'}))",
    );
    // All four lie in the bucket from 0.1 to 0.25 s, and Prometheus takes its middle.
    expect(p50).toBeCloseTo(0.175, 6);
    expect(await value("sum(vllm:request_success_total)")).toBe(4);
    expect(await value("up")).toBe(1);
  } finally {
    await prometheus.close();
    await fresh.close();
  }
});
