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

/** A task's id, worker and attempt: of one that is there, as it is or an attempt too old, or out of thin air. */
const claim = fc.oneof(
  { weight: 5, arbitrary: fc.record({ nth: fc.nat(50), worker: node, late: fc.constantFrom(0, 0, 0, 1) }) },
  { weight: 1, arbitrary: fc.tuple(id, node, fc.integer({ min: 1, max: 3 })) },
);
type Claim = typeof claim extends fc.Arbitrary<infer Value> ? Value : never;
type Params = readonly unknown[];

interface Step {
  readonly waitMs: number;
  readonly statement: Statement<readonly never[], unknown>;
  /** Given the tables of the moment. */
  readonly params: (tables: Tables) => Params;
}

function step<Drawn>(
  statement: { name: string },
  drawn: fc.Arbitrary<Drawn>,
  params: (drawn: Drawn, tables: Tables) => Params,
): fc.Arbitrary<Step> {
  return fc.tuple(fc.nat(2_500), drawn).map(([waitMs, values]) => ({
    waitMs,
    statement: statement as Step["statement"],
    params: (tables) => params(values, tables),
  }));
}

const plain = (statement: { name: string }, ...params: fc.Arbitrary<unknown>[]) =>
  step(statement, fc.tuple(...params), (values) => values);
const fenced = (statement: { name: string }, ...params: fc.Arbitrary<unknown>[]) =>
  step(statement, fc.tuple(fence, ...params), ([given, ...rest], tables) => [
    ...credentials(given, tables),
    ...rest,
  ]);
const claiming = (statement: { name: string }) =>
  step(statement, fc.tuple(fence, claim), ([given, claimed], tables) => [
    ...credentials(given, tables),
    ...resolveClaim(claimed, tables),
  ]);

const ttl = fc.constantFrom(1_000, 5_000);
const anyStep = fc.oneof(
  plain(statements.acquireLease, holder, ttl),
  plain(statements.renewLease, holder, fc.nat(4), ttl),
  plain(statements.announce, holder),
  fenced(statements.registerNode, node, fc.constantFrom("worker", "gpu-worker"), fc.boolean()),
  plain(statements.listNodes),
  plain(statements.summarizeFleet, fc.constant(5_000)),
  { weight: 3, arbitrary: fenced(statements.acceptTask, id, key, kind, fc.nat(1_000)) },
  { weight: 4, arbitrary: claiming(statements.assignTask) },
  { weight: 2, arbitrary: claiming(statements.finishTask) },
  fenced(statements.releaseTasks, node),
  plain(statements.listOpenTasks),
  plain(statements.listAssignments, node),
  plain(statements.readLedger),
);
const WRITES = [
  statements.acquireLease,
  statements.renewLease,
  statements.announce,
  statements.registerNode,
  statements.acceptTask,
  statements.assignTask,
  statements.finishTask,
  statements.releaseTasks,
].map((write) => write.name);

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
  const effects = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 20, maxLength: 80 }), async (steps) => {
      const tables: Tables = new Map();
      let nowMs = START_MS;
      await dropAll();
      await both(statements.createSchema as Step["statement"], [], tables, nowMs);
      for (const { waitMs, statement, params } of steps) {
        nowMs += waitMs;
        const before = JSON.stringify([...tables]);
        await both(statement, params(tables), tables, nowMs);
        const changed = JSON.stringify([...tables]) === before ? 0 : 1;
        effects.set(statement.name, (effects.get(statement.name) ?? 0) + changed);
      }
      expect(await realTables()).toEqual(modelTables(tables));
    }),
    { numRuns: RUNS, seed: 20_261_121 },
  );
  // A contract about refusals only would prove little: each kind of write had its effect several times.
  for (const write of WRITES) expect([write, (effects.get(write) ?? 0) > 4]).toEqual([write, true]);
}, 170_000);

it("fails in both with the same SQLSTATE once the tables are gone", async () => {
  await dropAll();
  for (const { statement, params } of fc.sample(anyStep, { numRuns: 60, seed: 7 })) {
    const result = await both(statement, params(new Map()), new Map(), START_MS);
    expect(result).toEqual({ error: "42P01" });
  }
});

/** Runs a statement in both worlds at the same moment and expects the same outcome. */
async function both(statement: Step["statement"], params: Params, tables: Tables, nowMs: number) {
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
  return [String(lease?.["holder"]), Number(lease?.["token"] ?? 1), false];
}

function resolveClaim(
  claimed: Claim,
  tables: Tables,
): readonly [id: string, worker: string, attempt: number] {
  if (!("nth" in claimed)) return claimed;
  const tasks = tables.get("tasks") ?? [];
  const task = tasks[claimed.nth % Math.max(1, tasks.length)];
  const attempt = Number(task?.["attempt"] ?? 1) - claimed.late;
  return [String(task?.["id"]), String(task?.["worker"] ?? claimed.worker), attempt];
}

async function dropAll(): Promise<void> {
  await admin.query(`drop table if exists ${TABLES.join(", ")}`);
}

async function realTables(): Promise<Record<string, Row[]>> {
  const all: Record<string, Row[]> = {};
  for (const table of TABLES) {
    const { rows } = await admin.query<Record<string, unknown>>(`select * from ${table}`);
    const values = rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([column, value]) => [column, plainValue(value)])),
    );
    all[table] = sorted(values);
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
