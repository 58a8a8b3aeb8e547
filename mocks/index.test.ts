import OpenAI from "openai";
import { expect, test } from "vitest";
import { createMock, llmMock, loadMock, serveMock } from "firedrill/mocks";
import { interceptSockets } from "firedrill/mocks/sockets";

const ask = { model: "gpt-4o", messages: [{ role: "user" as const, content: "Why?" }] };

test("a user's unit test: an SDK at its own https address ends in the mock", async () => {
  const mock = createMock(llmMock, { seed: 7, clock: "jump", settings: { reply: "Because." } });
  const intercepted = interceptSockets(mock);
  try {
    const client = new OpenAI({ apiKey: "sk-test", maxRetries: 0 });
    const { choices } = await client.chat.completions.create(ask);
    expect(choices[0]?.message.content).toBe("Because.");
    mock.faults.put("busy", { kind: "error", params: { name: "server" } });
    await expect(client.chat.completions.create(ask)).rejects.toMatchObject({ status: 500 });
  } finally {
    intercepted.restore();
    // Pools of clients must see their connections die.
    await new Promise((resolve) => setImmediate(resolve));
  }
});

test("or on a port of its own", async () => {
  const mock = createMock(await loadMock("llm"), { settings: { reply: "Because." } });
  const server = await serveMock(mock, { host: "127.0.0.1", ports: { api: 0 }, controlPort: 0 });
  const baseURL = `http://127.0.0.1:${server.ports["api"]}/v1`;
  const { choices } = await new OpenAI({ apiKey: "x", baseURL }).chat.completions.create(ask);
  expect(choices[0]?.message.content).toBe("Because.");
  await server.close();
});

test.each([
  [{ clock: "slow" }, "--clock can't be read"],
  [{ epoch: "never" }, "--epoch is no date"],
  [{ settings: { replies: "x" } }, "has no such setting"],
])("what can't be read is refused: %j", (options, words) => {
  expect(() => createMock(llmMock, options)).toThrow(words);
});
