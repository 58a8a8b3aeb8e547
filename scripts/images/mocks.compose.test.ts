import { expect, test } from "vitest";
import { requireEngine } from "../../harness/tier/compose/engine.ts";
import { mockSeeds } from "../../harness/stack/mock-seeds.ts";
import { bench } from "../../harness/tier/compose/compose-tier.testkit.ts";
import { until } from "../../harness/tier/compose/faults/faults.testkit.ts";

const COMPOSE = `
services:
  llm:
    image: firedrill.local/mocks
    command: [llm]
    environment: { MOCK_SEED: "42", MOCK_SETTINGS: "models=tiny reply=hello" }
    expose: [8400, 8499]
    x-firedrill: { mock: llm }
  other:
    image: firedrill.local/mocks
    command: [llm]
    expose: [8400]
    x-firedrill: { mock: llm }
`;

test("the image runs a mock: healthy by its control port, with the stack's seed and settings, ends on SIGTERM", async () => {
  const { docker } = await requireEngine();
  await using it = await bench({ "compose.yaml": COMPOSE });
  await using stack = await it.up({ seed: 7 });
  const headers = { authorization: "Bearer key" };
  const get = async (url: string) =>
    (await stack.request({ method: "GET", url, headers, timeoutMs: 10_000 })).body;
  expect(JSON.parse(await get("http://llm:8499/state"))).toMatchObject({ name: "llm", seed: 42 });
  expect(JSON.parse(await get("http://llm:8400/v1/models"))).toMatchObject({ data: [{ id: "tiny" }] });
  const derived = JSON.parse(await get("http://other:8499/state")) as { seed: number };
  expect(derived.seed).toBe(Number(mockSeeds(stack.spec, 7).get("other")));
  const [container] = await docker.listContainers({
    filters: { label: [`dev.firedrill.run=${it.runId}`, "com.docker.compose.service=llm"] },
  });
  const { State } = await docker.getContainer(container!.Id).inspect();
  expect(State.Health?.Status).toBe("healthy");
  await docker.getContainer(container!.Id).stop({ t: 10 });
  const ended = await until(async () => {
    const { State: now } = await docker.getContainer(container!.Id).inspect();
    return now.Running ? new Error("it still runs") : now;
  });
  expect(ended.ExitCode).toBe(0);
});
