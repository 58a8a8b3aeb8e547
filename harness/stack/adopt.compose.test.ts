import { PostgreSqlContainer, type StartedPostgreSqlContainer } from "@testcontainers/postgresql";
import pg from "pg";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { EventBody } from "../events/vocabulary.ts";
import type { ResolvedFault } from "../fault/injector.ts";
import { requireEngine } from "../tier/compose/engine.ts";
import type { RunningStack } from "../tier/tier.ts";
import { adoptContainers } from "./adopt.ts";
import { resolveImage } from "./images/index.ts";
import { resolveTargets } from "./roles.ts";

// The reaper of testcontainers is an image that may not be here; this test removes what it starts.
vi.stubEnv("TESTCONTAINERS_RYUK_DISABLED", "true");

const { docker } = await requireEngine();
const events: EventBody[] = [];
let database: StartedPostgreSqlContainer;
let stack: RunningStack;

beforeAll(async () => {
  const { use } = await resolveImage(docker, "postgres:15", { signal: new AbortController().signal });
  database = await new PostgreSqlContainer(use).withLabels({ "dev.firedrill.test": "adopt" }).start();
  stack = await adoptContainers({ database }, { emit: (event) => void events.push(event) });
});
afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await database?.stop();
});

const states = () => events.flatMap((event) => (event.kind === "service.state" ? [event.state] : []));
const request = (url: string) => stack.request({ method: "GET", url, timeoutMs: 20_000 });

/** One query on a new connection, as a client with little patience makes it. */
async function query(sql: string): Promise<unknown> {
  const client = new pg.Client({
    connectionString: database.getConnectionUri(),
    connectionTimeoutMillis: 3_000,
    query_timeout: 3_000,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    return (await client.query(sql)).rows[0];
  } finally {
    await client.end().catch(() => {});
  }
}

it("pauses a test's own database by its role, and puts it back", async () => {
  await query("create table ledger as select 42 as amount");
  const before = await stack.fingerprint();

  const targets = await resolveTargets(stack, "database", "one");
  const fault: ResolvedFault = { id: "f1", kind: "pause", targets, peers: [], params: {}, ttlMs: 60_000 };
  const prepared = await stack.injectors.pause?.prepare(fault);
  await prepared?.apply();
  expect(await prepared?.confirm()).toMatchObject({ confirmed: true });
  expect((await stack.state("database")).state).toBe("paused");
  await expect(query("select amount from ledger")).rejects.toThrow(/timeout/i);

  for (const action of prepared?.undo ?? []) await stack.undo(action);
  expect(await query("select amount from ledger")).toEqual({ amount: 42 });
  expect(await stack.fingerprint()).toEqual(before);
  for (const action of prepared?.undo ?? []) expect(await stack.audit(action)).toMatchObject({ clean: true });
  await expect.poll(states, { timeout: 30_000 }).toEqual(["paused", "running"]);
});

it("knows the container as a service: its port, its log, its address for the shell", async () => {
  expect(stack.spec.services["database"]).toMatchObject({ role: "database", ports: [5432] });
  expect(await stack.logs("database")).toContain("ready to accept connections");
  const { output } = await stack.runShell({
    script: 'echo "$DATABASE_URL"',
    env: {},
    timeoutMs: 60_000,
    signal: new AbortController().signal,
  });
  expect(output.trim()).toBe(`http://127.0.0.1:${database.getMappedPort(5432)}`);
});

it("speaks HTTP to a mapped port; Postgres hangs up on it", async () => {
  await expect(request("http://database:5432/")).rejects.toMatchObject({ failure: "reset" });
  await expect(request("http://database:9999/")).rejects.toMatchObject({ failure: "refused" });
  await expect(request("http://stranger:5432/")).rejects.toMatchObject({ failure: "unresolved" });
});

it("refuses a container that does not exist, and an empty stack", async () => {
  await expect(adoptContainers({ database: "no-such-container" })).rejects.toMatchObject({
    code: "USAGE_STACK",
  });
  await expect(adoptContainers({})).rejects.toMatchObject({ code: "USAGE_STACK" });
});

it("does not remove what it does not own", async () => {
  await stack[Symbol.asyncDispose]();
  expect(await query("select amount from ledger")).toEqual({ amount: 42 });
});
