import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DatabaseError } from "../../../harness/service/database.ts";
import type { Database, Row, Statement, Tables } from "../../../harness/service/database.ts";
import { nodePostgres } from "../../../harness/service/node-postgres.ts";
import type { NodeDatabase } from "../../../harness/service/node-postgres.ts";
import { startPostgres } from "../../../harness/service/node-postgres.testkit.ts";
import type { TestPostgres } from "../../../harness/service/node-postgres.testkit.ts";
import * as statements from "./statements.ts";
import type { Fence } from "./statements.ts";

/** The contract: a statement's SQL in real Postgres and its model on plain rows are one and the same. */

const TABLES = ["lease", "ledger", "tasks", "nodes", "control_planes"];
const RUNS = 40;
const START_MS = 1_000_000;

const name = (prefix: string, count: number) => fc.nat(count - 1).map((at) => `${prefix}${at + 1}`);
const [holder, id, key, node] = [name("cp-", 2), name("t", 12), name("k", 8), name("w-", 3)];
const kind = fc.constantFrom("cpu" as const, "gpu" as const);
/** Mostly the credentials of the moment: with random ones, nearly everything would be refused. */
const fence = fc.oneof(
  { weight: 6, arbitrary: fc.constant("current" as const) },
  { weight: 2, arbitrary: fc.tuple(holder, fc.nat(4), fc.constant(false)) },
  { weight: 1, arbitrary: fc.tuple(holder, fc.nat(4), fc.constant(true)) },
);

type Step = {
  waitMs: number;
  statement: Statement<readonly never[], unknown>;
  fenced: boolean;
  params: unknown[];
};

function step(
  statement: { name: string },
  params: readonly fc.Arbitrary<unknown>[],
  fenced = false,
): fc.Arbitrary<Step> {
  const given = fc.tuple(fc.nat(2_500), ...(fenced ? [fence] : []), ...params);
  return given.map(([waitMs, ...rest]) => ({
    waitMs: Number(waitMs),
    statement: statement as Step["statement"],
    fenced,
    params: rest,
  }));
}

const ttl = fc.constantFrom(1_000, 5_000);
const attempt = fc.integer({ min: 1, max: 3 });
const anyStep = fc.oneof(
  step(statements.acquireLease, [holder, ttl]),
  step(statements.renewLease, [holder, fc.nat(4), ttl]),
  step(statements.announce, [holder]),
  step(statements.registerNode, [node, fc.constantFrom("worker", "gpu-worker"), fc.boolean()], true),
  step(statements.listNodes, []),
  step(statements.summarizeFleet, [fc.constant(5_000)]),
  { weight: 3, arbitrary: step(statements.acceptTask, [id, key, kind, fc.nat(1_000)], true) },
  { weight: 3, arbitrary: step(statements.assignTask, [id, node, attempt], true) },
  { weight: 2, arbitrary: step(statements.finishTask, [id, node, attempt], true) },
  step(statements.releaseTasks, [node], true),
  step(statements.listOpenTasks, []),
  step(statements.listAssignments, [node]),
  step(statements.readLedger, []),
);

let server: TestPostgres;
let admin: pg.Client;
let real: NodeDatabase;
beforeAll(async () => {
  server = await startPostgres("fleet-statements");
  admin = new pg.Client(server.url);
  await admin.connect();
  await admin.query("create table test_clock (at timestamptz)");
  await admin.query("insert into test_clock values (now())");
  real = nodePostgres(server.url);
});
afterAll(async () => {
  await real?.close();
  await admin?.end();
  await server?.[Symbol.asyncDispose]();
});

it("every statement is in the sequences", () => {
  const all = Object.values(statements).flatMap((one) =>
    typeof one === "object" && "text" in one ? [one.name] : [],
  );
  const drawn = fc.sample(anyStep, 2_000).map(({ statement }) => statement.name);
  expect(new Set([...drawn, "createSchema"])).toEqual(new Set(all));
});

it("does in Postgres what its model does on plain rows", async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 20, maxLength: 80 }), async (steps) => {
      const tables: Tables = new Map();
      let nowMs = START_MS;
      await dropAll();
      await both(statements.createSchema as Step["statement"], [], tables, nowMs);
      for (const { waitMs, statement, fenced, params } of steps) {
        nowMs += waitMs;
        const resolved = fenced ? [...credentials(params[0], tables), ...params.slice(1)] : params;
        await both(statement, resolved, tables, nowMs);
      }
      expect(await realTables()).toEqual(modelTables(tables));
      accepted += tables.get("tasks")?.length ?? 0;
    }),
    { numRuns: RUNS, seed: 20_261_121 },
  );
  // A contract about refusals only would prove little.
  expect(accepted).toBeGreaterThan(RUNS);
}, 170_000);

it("fails in both with the same SQLSTATE once the tables are gone", async () => {
  await dropAll();
  for (const { statement, fenced, params } of fc.sample(anyStep, { numRuns: 60, seed: 7 })) {
    const resolved = fenced ? ["cp-1", 1, false, ...params.slice(1)] : params;
    const result = await both(statement, resolved, new Map(), START_MS);
    expect(result).toEqual({ error: "42P01" });
  }
});

/** Runs a statement in both worlds at the same moment and expects the same outcome. */
async function both(statement: Step["statement"], params: readonly unknown[], tables: Tables, nowMs: number) {
  await admin.query("update test_clock set at = to_timestamp($1::float8 / 1000)", [nowMs]);
  // The only change to the SQL: the clock that `now()` reads.
  const text = statement.text.replaceAll("now()", "(select at from test_clock)");
  const [inPostgres, inModel] = await Promise.all([
    outcome(() => real.run({ ...statement, text }, params as never)),
    outcome(async () => statement.model(tables, params as never, nowMs)),
  ]);
  expect({ statement: statement.name, params, ...inModel }).toEqual({
    statement: statement.name,
    params,
    ...inPostgres,
  });
  return inModel;
}

async function outcome(
  run: () => ReturnType<Database["run"]>,
): Promise<{ rows: unknown } | { error: unknown }> {
  try {
    return { rows: await run() };
  } catch (error) {
    if (error instanceof DatabaseError) return { error: error.sqlState };
    throw error;
  }
}

function credentials(given: unknown, tables: Tables): Fence {
  if (given !== "current") return given as Fence;
  const lease = tables.get("lease")?.[0];
  return [String(lease?.["holder"]), Number(lease?.["token"]), false];
}

async function dropAll(): Promise<void> {
  await admin.query(`drop table if exists ${TABLES.join(", ")}`);
}

async function realTables(): Promise<Record<string, Row[]>> {
  const all: Record<string, Row[]> = {};
  for (const table of TABLES) {
    const { rows } = await admin.query<Record<string, unknown>>(`select * from ${table}`);
    const plain = rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([column, value]) => [column, plainValue(value)])),
    );
    all[table] = sorted(plain);
  }
  return all;
}

function plainValue(value: unknown): Row[string] {
  return value instanceof Date ? value.getTime() : (value as Row[string]);
}

function modelTables(tables: Tables): Record<string, Row[]> {
  return Object.fromEntries(TABLES.map((table) => [table, sorted(tables.get(table) ?? [])]));
}

function sorted(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => (rowText(a) < rowText(b) ? -1 : 1));
}

function rowText(row: Row): string {
  return JSON.stringify(Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
