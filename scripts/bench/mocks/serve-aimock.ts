import { LLMock } from "@copilotkit/aimock";
import { announce } from "./child.ts";
import { CHARACTERS_PER_TOKEN, REPLY } from "./workload.ts";

/** The rival as a process of the bench, without delays and quiet. */
const mock = new LLMock({
  port: 0,
  host: "127.0.0.1",
  logLevel: "silent",
  latency: 0,
  chunkSize: CHARACTERS_PER_TOKEN,
});
mock.onMessage(/./, { content: REPLY });
await mock.start();
announce(Number(new URL(mock.url).port));
