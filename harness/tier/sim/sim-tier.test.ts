import { systemClock } from "../../time/system-clock.ts";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { StackSpec } from "../../stack/spec.ts";
import { bring, echo, knock } from "./sim.testkit.ts";
import { simTier } from "./sim-tier.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "firedrill-sim-"));
  const serve = "await host.serve(8080, async () => ({ status: 200, headers: {}, body: host.env.WORD }))";
  await writeFile(join(folder, "good.mjs"), `export default async (host) => { ${serve} };`);
  await writeFile(join(folder, "empty.mjs"), "export const nothing = 1;");
});
afterAll(() => rm(folder, { recursive: true }));

function stackWith(model: string | null): StackSpec {
  const web = {
    name: "web",
    image: null,
    environment: { WORD: "hello" },
    dependsOn: [],
    ports: [8080],
    restart: "no",
    memoryLimitBytes: null,
    volumes: {},
    role: "web",
    node: "web",
    model,
    mock: null,
    workload: null,
  } as const;
  return {
    name: "test",
    file: join(folder, "compose.yaml"),
    services: { web },
    roles: {},
    places: {},
    kubernetes: null,
  };
}

const context = {
  runId: "r",
  runDir: "",
  trial: 0,
  seed: 1,
  emit: () => {},
  signal: new AbortController().signal,
  keepUntil: null,
  times: "production" as const,
  reuse: false,
  clock: systemClock(),
};

test("a stand-in's module is found beside the Compose file, with its environment", async () => {
  await using stack = await simTier.up(stackWith("./good.mjs"), context);
  const response = await stack.request({ method: "GET", url: "http://web:8080/", timeoutMs: 1_000 });
  expect(response.body).toBe("hello");
});

test("a service without a model, with a missing or an empty one is told at once", async () => {
  for (const model of [null, "./missing.mjs", "./empty.mjs"]) {
    await expect(simTier.up(stackWith(model), context)).rejects.toMatchObject({
      code: "USAGE_STACK",
      message: expect.stringContaining("web"),
    });
  }
});

test("an aborted start is an interruption", async () => {
  await expect(
    simTier.up(stackWith("./good.mjs"), { ...context, signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({ code: "RUN_INTERRUPTED" });
});

test("a stack that is taken down serves nobody and says nothing; the harness's clock goes on", async () => {
  const { stack, events } = await bring({ web: { runs: echo() } });
  const asked = knock(stack, "http://web/", 2_000);
  await stack[Symbol.asyncDispose]();
  expect(await asked).toBe("refused");
  expect(events.map(({ kind }) => kind)).toEqual([]);
  expect(await stack.state("web")).toMatchObject({ state: "missing" });
  await expect(stack.request({ method: "GET", url: "http://web/", timeoutMs: 1 })).rejects.toMatchObject({
    code: "RUN_STACK",
  });
  const beforeMs = stack.clock.nowMs();
  await stack.clock.sleep(1_000);
  expect(stack.clock.nowMs()).toBe(beforeMs + 1_000);
});

test("nothing outlives the process, so there is nothing to put back or to remove", async () => {
  expect(await simTier.ready()).toMatchObject({ ready: true });
  await simTier.undoFromDisk([{ op: "start", args: { services: ["web"] } }]);
  expect(await simTier.removeRun("r")).toEqual([]);
  expect(await simTier.standing()).toEqual([]);
});
