import { existsSync } from "node:fs";
import { PostgreSqlContainer, type StartedPostgreSqlContainer } from "@testcontainers/postgresql";
import pg from "pg";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { adoptContainers } from "../stack/adopt.ts";
import { resolveImage } from "../stack/images/index.ts";
import { requireEngine } from "../tier/compose/engine.ts";
import { rehearseAdopted } from "./adopted.ts";
import { fault, must, probe } from "./builders.ts";

// The reaper of testcontainers is an image that may not be here; this test removes what it starts.
vi.stubEnv("TESTCONTAINERS_RYUK_DISABLED", "true");

let database: StartedPostgreSqlContainer;

beforeAll(async () => {
  const { docker } = await requireEngine();
  const { use } = await resolveImage(docker, "postgres:15", { signal: new AbortController().signal });
  database = await new PostgreSqlContainer(use).withLabels({ "dev.firedrill.test": "adopted" }).start();
});
afterAll(() => database?.stop());

/** What the test's own application would do: one query on a new connection. */
async function query(): Promise<unknown> {
  const client = new pg.Client({
    connectionString: database.getConnectionUri(),
    connectionTimeoutMillis: 1_500,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    return (await client.query("select 1 as one")).rows[0];
  } finally {
    await client.end().catch(() => {});
  }
}

it("an integration test breaks its own database, probes it and gets a verdict", async () => {
  await using stack = await adoptContainers({ database });
  const { judgement, events, report } = await rehearseAdopted(stack, import.meta, {
    title: "The database hangs for three seconds",
    baseline: "2s",
    settle: "1s",
    probes: { answers: probe.call(query, { every: "500ms", timeout: "2s" }) },
    faults: [fault.pause("database", { duration: "3s" })],
    criteria: {
      noticed: must.detect("answers", { within: "10s" }),
      back: must.recover("answers", { within: "30s", hold: "2s" }),
    },
  });
  expect(judgement, JSON.stringify(judgement, null, 2)).toMatchObject({
    decision: "go",
    hygiene: { clean: true },
  });
  expect(events.map(({ kind }) => kind)).toContain("fault.confirmed");
  expect(existsSync(report)).toBe(true);
  expect(await query()).toEqual({ one: 1 });
});

it("says which role a fault misses", async () => {
  await using stack = await adoptContainers({ database });
  const card = { title: "x", probes: { answers: probe.call(query) }, faults: [fault.pause("databse")] };
  await expect(rehearseAdopted(stack, import.meta, card)).rejects.toMatchObject({ code: "USAGE_SELECTION" });
});
