import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Statement } from "./database.ts";
import { nodePostgres } from "./node-postgres.ts";
import type { NodeDatabase } from "./node-postgres.ts";
import { selectOne, startPostgres, untilAnswers } from "./node-postgres.testkit.ts";
import type { TestPostgres } from "./node-postgres.testkit.ts";

const sql = (name: string, text: string): Statement<readonly unknown[], Record<string, unknown>> => ({
  name,
  text,
  model: () => [],
});

describe("nodePostgres", () => {
  let server: TestPostgres;
  let database: NodeDatabase;
  beforeAll(async () => {
    server = await startPostgres("node-postgres");
    database = nodePostgres(server.url, { connectMs: 1_000, statementMs: 1_000 });
  });
  afterAll(async () => {
    await database?.close();
    await server?.[Symbol.asyncDispose]();
  });

  const failure = (statement: Statement<readonly unknown[], unknown>) =>
    database.run(statement, []).then(
      () => "no failure",
      ({ outcome, sqlState }) => ({ outcome, sqlState }),
    );

  it("runs a statement with its parameters", async () => {
    expect(await database.run(sql("sum", "select $1::int + $2::int as sum"), [2, 3])).toEqual([{ sum: 5 }]);
  });

  it("gives the server's refusals their SQLSTATE: certainly not applied", async () => {
    expect(await failure(sql("missing", "select * from nowhere"))).toEqual({
      outcome: "none",
      sqlState: "42P01",
    });
  });

  it("leaves the outcome open when a statement was sent and no answer came", async () => {
    await database.run(selectOne, []);
    await server.container.pause();
    try {
      expect(await failure(selectOne)).toEqual({ outcome: "unknown", sqlState: undefined });
    } finally {
      await server.container.unpause();
    }
    expect(await database.run(selectOne, [])).toEqual([{ one: 1 }]);
  });

  it("knows that a statement which the server stopped for its length did nothing", async () => {
    const stopped = sql("stopped", "do $$ begin raise exception 'too long' using errcode = '57014'; end $$");
    expect(await failure(stopped)).toEqual({ outcome: "none", sqlState: "57014" });
  });

  it("says so when a connection ends in the middle of a statement", async () => {
    const other = nodePostgres(server.url);
    const slow = nodePostgres(server.url, { statementMs: 30_000 });
    const ended = slow.run(sql("slow", "select pg_sleep(25) as cut"), []).catch((error: unknown) => error);
    const kill = sql(
      "kill",
      "select pg_terminate_backend(pid) from pg_stat_activity where query like '%as cut'",
    );
    for (let tries = 0; tries < 40; tries++) {
      const killed = await other.run({ ...kill, text: `${kill.text} and pid <> pg_backend_pid()` }, []);
      if (killed.length > 0) break;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    expect(await ended).toMatchObject({ outcome: "unknown", sqlState: "57P01" });
    await other.close();
    await slow.close();
  });

  it("outlives a server that is killed in the middle of a statement", async () => {
    const slow = nodePostgres(server.url, { statementMs: 30_000 });
    const ended = slow.run(sql("slow", "select pg_sleep(25)"), []).catch((error: unknown) => error);
    // Long enough that it was sent: the connection is made by the first of the two.
    await slow.run(selectOne, []);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await server.container.kill();
    expect(await ended).toMatchObject({ outcome: "unknown" });
    await slow.close();
    await server.container.start();
    await untilAnswers(server.url);
  });

  it("finds nobody while the server is away, and connects again by itself", async () => {
    await server.container.kill();
    expect(await failure(selectOne)).toMatchObject({ outcome: "none" });
    await server.container.start();
    await untilAnswers(server.url);
    expect(await database.run(selectOne, [])).toEqual([{ one: 1 }]);
  });
});
