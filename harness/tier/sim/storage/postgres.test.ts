import { expect, test } from "vitest";
import { DatabaseError } from "../../../service/database.ts";
import type { Database, Statement, Tables } from "../../../service/database.ts";
import type { Host } from "../../../service/host.ts";
import { bring, echo } from "../sim.testkit.ts";
import type { TestService } from "../sim.testkit.ts";

function rowsOf(tables: Tables) {
  const rows = tables.get("notes");
  if (!rows) throw new DatabaseError("none", 'relation "notes" does not exist', "42P01");
  return rows;
}

const create: Statement<readonly [], never> = {
  name: "create",
  text: "",
  model(tables) {
    if (!tables.has("notes")) tables.set("notes", []);
    return [];
  },
};
const insert: Statement<readonly [string], { at: number }> = {
  name: "insert",
  text: "",
  model(tables, [note], nowMs) {
    rowsOf(tables).push({ note });
    if (note === "bad") throw Object.assign(new Error("duplicate key"), { sqlState: "23505" });
    return [{ at: nowMs }];
  },
};
const list: Statement<readonly [], string> = {
  name: "list",
  text: "",
  model: (tables) => rowsOf(tables).map((row) => String(row["note"])),
};

/** A client in the stack; the test runs statements as it. */
function client(url = "postgres://fleet:secret@db:5432/fleet") {
  let database: Database | null = null;
  const service: TestService = {
    runs: echo((host: Host) => {
      database = host.database(url);
    }),
  };
  const run = async <Params extends readonly unknown[], R>(
    statement: Statement<Params, R>,
    ...params: Params
  ) => {
    if (!database) throw new Error("not up");
    return database.run(statement, params).catch((error: unknown) => {
      if (!(error instanceof DatabaseError)) throw error;
      return `${error.outcome} ${error.sqlState ?? ""}`.trim();
    });
  };
  return { service, run };
}

const db: TestService = {
  runs: "postgres",
  environment: { POSTGRES_DB: "fleet" },
  volumes: { data: "/data" },
};

/** Lets virtual time pass while a statement is under way. */
async function during<T>(clock: { sleep(ms: number): Promise<void> }, work: Promise<T>): Promise<T> {
  const over = new AbortController();
  work.then(
    () => over.abort(),
    () => over.abort(),
  );
  while (!over.signal.aborted) await clock.sleep(1);
  return work;
}

test("statements run at the server, as transactions, and data outlives every kind of restart", async () => {
  const { service, run } = client();
  const { stack, sh, inject, revert } = await bring({ db, app: service });
  const { clock } = stack;
  expect(await during(clock, run(list))).toBe("none 42P01");
  await during(clock, run(create));
  expect(await during(clock, run(insert, "one"))).toEqual([{ at: expect.any(Number) }]);
  expect(await during(clock, run(insert, "bad"))).toBe("none 23505");
  expect(await during(clock, run(list))).toEqual(["one"]);
  await sh("docker compose restart db; docker compose exec -T db pg_isready || sleep 3");
  expect(await during(clock, run(list))).toEqual(["one"]);
  await inject("db-outage", { targets: ["db"] });
  expect(await during(clock, run(list))).toBe("none");
  await stack.clock.sleep(60_000);
  expect(await stack.state("db")).toMatchObject({ state: "exited", exitCode: 137 });
  await revert();
  await clock.sleep(5_000);
  expect(await during(clock, run(list))).toEqual(["one"]);
});

test("lost data is lost: the server comes back empty", async () => {
  const { service, run } = client();
  const { stack, inject, revert } = await bring({ db, app: service });
  await during(stack.clock, run(create));
  await inject("data-loss", { targets: ["db"] });
  await revert();
  await stack.clock.sleep(5_000);
  expect(await during(stack.clock, run(list))).toBe("none 42P01");
});

test("a server that starts says so, and a database that is not there too", async () => {
  const { service, run } = client();
  const lost = client("postgres://fleet@db/other");
  const { stack, sh } = await bring({ db, app: service, lost: lost.service });
  await sh("docker compose restart db; sleep 0.9");
  expect(await during(stack.clock, run(list))).toBe("none 57P03");
  await stack.clock.sleep(5_000);
  expect(await during(stack.clock, lost.run(list))).toBe("none 3D000");
});

test("silence: nobody knows on an open session, and nothing was sent without one", async () => {
  const { service, run } = client();
  const { stack, inject, revert } = await bring({ db, app: service });
  await during(stack.clock, run(create));
  await inject("partition", { targets: ["db"] });
  const startMs = stack.clock.nowMs();
  expect(await during(stack.clock, run(insert, "late"))).toBe("unknown");
  expect(stack.clock.nowMs() - startMs).toBeGreaterThanOrEqual(5_000);
  expect(stack.clock.nowMs() - startMs).toBeLessThan(5_100);
  expect(await during(stack.clock, run(insert, "never"))).toBe("none");
  await revert();
  await stack.clock.sleep(30_000);
  // The client gave up, its kernel did not: so a writer that was fenced out still writes.
  expect(await during(stack.clock, run(list))).toEqual(["late"]);
});

test("a write that nobody repeats any more does not arrive minutes later", async () => {
  const { service, run } = client();
  const { stack, inject, revert } = await bring({ db, app: service });
  await during(stack.clock, run(create));
  await inject("partition", { targets: ["db"] });
  await during(stack.clock, run(insert, "late"));
  await stack.clock.sleep(60_000);
  await revert();
  await stack.clock.sleep(120_000);
  expect(await during(stack.clock, run(list))).toEqual([]);
});

test("more statements at once than sessions wait their turn", async () => {
  const { service, run } = client();
  const { stack } = await bring({ db, app: service });
  await during(stack.clock, run(create));
  const many = Array.from({ length: 50 }, (_, at) => run(insert, String(at)));
  const results = await during(stack.clock, Promise.all(many));
  expect(results.filter((result) => typeof result === "string")).toEqual([]);
  expect(await during(stack.clock, run(list))).toHaveLength(50);
});

test("a model that breaks ends the run and names the statement", async () => {
  const { service, run } = client();
  const broken: Statement<readonly [], never> = {
    name: "broken",
    text: "",
    model: () => {
      throw new TypeError("rows is undefined");
    },
  };
  const { stack } = await bring({ db, app: service });
  void run(broken);
  await expect(stack.clock.sleep(1_000)).rejects.toMatchObject({
    code: "RUN_MODEL",
    message: expect.stringContaining("broken"),
  });
});

const backup: TestService = {
  runs: "postgres-backup",
  environment: { PGHOST: "db", PGDATABASE: "fleet", BACKUP_INTERVAL_MS: "1000" },
  volumes: { backups: "/backups" },
  dependsOn: [{ service: "db", condition: "service_healthy" }],
};

/** The backup is healthy when it has dumped a table: the client makes one. */
function withBackup() {
  const { service, run } = client();
  const app: TestService = {
    ...service,
    runs: echo((host) => {
      const database = host.database("postgres://fleet@db/fleet");
      void database.run(create, []).then(() => database.run(insert, ["first"]));
    }),
    dependsOn: [{ service: "db", condition: "service_healthy" }],
  };
  return { services: { db, backup, maker: app, app: service }, run };
}

test("the newest backup comes back after a loss; the emptied database was not dumped over it", async () => {
  const { services, run } = withBackup();
  const { stack, inject, revert, sh } = await bring(services);
  await during(stack.clock, run(insert, "kept"));
  await stack.clock.sleep(2_000);
  await inject("data-loss", { targets: ["db"] });
  expect((await sh("docker compose exec -T backup restore-latest")).exitCode).toBe(2);
  await revert();
  await stack.clock.sleep(10_000);
  const listed = await sh("docker compose exec -T backup ls /backups | tail -n 1");
  expect(listed.output).toMatch(/^fleet-\d{13}\.dump\n$/);
  const restored = await sh("docker compose exec -T backup restore-latest");
  expect(restored).toMatchObject({ exitCode: 0, output: `restored ${listed.output}` });
  expect(await during(stack.clock, run(list))).toEqual(["first", "kept"]);
});

test("twenty backups are kept, and none that was not made can be restored", async () => {
  const { services } = withBackup();
  const { stack, inject, sh, revert } = await bring(services);
  await stack.clock.sleep(40_000);
  expect((await sh("docker compose exec -T backup ls /backups | wc -l")).output.trim()).toBe("20");
  await inject("data-loss", { targets: ["backup"] });
  await inject("data-loss", { targets: ["db"] });
  await revert();
  await stack.clock.sleep(5_000);
  const result = await sh("docker compose exec -T backup restore-latest");
  expect(result).toMatchObject({ exitCode: 1, output: expect.stringContaining("there is no dump") });
});
