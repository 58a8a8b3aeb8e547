import { afterAll, beforeAll, expect, test } from "vitest";
import { echoMock, FREE_PORTS, testMock } from "./echo.testkit.ts";
import type { StandaloneMock } from "./mount/standalone.ts";
import { serveMock } from "./mount/standalone.ts";

const mock = testMock(echoMock, { mode: { kind: "frozen" } });
let server: StandaloneMock;
beforeAll(async () => {
  server = await serveMock(mock, FREE_PORTS);
});
afterAll(() => server.close());

/** Asks the control port; the answer as JSON where it is some. */
async function control(method: string, path: string, body?: unknown) {
  const response = await fetch(`http://127.0.0.1:${server.controlPort}${path}`, {
    method,
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const json =
    response.headers.get("content-type") === "application/json" ? (JSON.parse(text) as unknown) : text;
  return { status: response.status, body: json };
}

const ask = async (path: string) => (await fetch(`http://127.0.0.1:${server.ports["api"]}${path}`)).status;

test("state, faults, journal, metrics, health, fidelity, reset", async () => {
  expect(await control("GET", "/healthz")).toEqual({ status: 200, body: { mock: "echo", ok: true } });
  expect((await control("PUT", "/faults/f", { kind: "overload", params: { status: 429 } })).status).toBe(200);
  expect(await ask("/x")).toBe(429);
  expect((await control("GET", "/faults")).body).toMatchObject([
    { id: "f", kind: "overload", hits: 1, on: true },
  ]);
  expect(await control("DELETE", "/faults/f")).toMatchObject({ status: 204 });
  expect(await control("DELETE", "/faults/f")).toMatchObject({ status: 404 });
  expect(await ask("/x")).toBe(404);
  expect((await control("GET", "/state")).body).toMatchObject({
    name: "echo",
    seed: 7,
    requests: 2,
    unmodelled: 1,
    mock: { heard: 2 },
    clock: { kind: "frozen", nowMs: 0 },
  });
  expect((await control("GET", "/metrics")).body).toBe(
    "# HELP echo_heard_total Requests.\n# TYPE echo_heard_total counter\necho_heard_total 2\n",
  );
  const lines = String((await control("GET", "/journal?since=4")).body)
    .trim()
    .split("\n");
  expect(lines.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual([
    "fault.deleted",
    "request",
    "unmodelled",
    "response",
  ]);
  expect((await control("GET", "/fidelity")).body).toEqual(echoMock.fidelity);
  expect((await control("POST", "/reset")).status).toBe(204);
  expect((await control("GET", "/state")).body).toMatchObject({ requests: 0, mock: { heard: 0 } });
  expect((await control("GET", "/journal")).body).toBe("");
});

test("the clock is advanced, scaled, and made to jump", async () => {
  expect((await control("POST", "/clock", { advance: "90s" })).body).toMatchObject({
    nowMs: 90_000,
    kind: "frozen",
  });
  expect((await control("POST", "/clock", { scale: 100 })).body).toMatchObject({ kind: "run", scale: 100 });
  expect((await control("POST", "/clock", { jump: true })).body).toMatchObject({ kind: "jump" });
  expect((await control("POST", "/clock", { freeze: true })).body).toMatchObject({ kind: "frozen" });
});

test.each<[string, string, unknown]>([
  ["PUT", "/faults/f", { kind: "nonsense" }],
  ["PUT", "/faults/f", "no json"],
  ["POST", "/clock", { faster: true }],
])("%s %s refuses what it can't read, with a reason", async (method, path, body) => {
  const { status, body: answer } = await control(method, path, body);
  expect([status, (answer as { error: string }).error.length > 0]).toEqual([400, true]);
});

test("an operator acts on a mock that has something to be done to it", async () => {
  expect((await control("POST", "/act", { do: "shout" })).status).toBe(404);
  const acted = testMock({
    ...echoMock,
    build: (world) => ({ ...echoMock.build(world), act: (input) => ({ did: input }) }),
  });
  const serving = await serveMock(acted, FREE_PORTS);
  const response = await fetch(`http://127.0.0.1:${serving.controlPort}/act`, {
    method: "POST",
    body: JSON.stringify({ do: "shout" }),
  });
  expect(await response.json()).toEqual({ result: { did: { do: "shout" } } });
  expect(acted.journal.entries()).toMatchObject([{ kind: "act", fields: { input: { do: "shout" } } }]);
  await serving.close();
});

test("what is not there is 404", async () => {
  expect((await control("GET", "/nothing")).status).toBe(404);
});
