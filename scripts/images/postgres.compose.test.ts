import { PostgreSqlContainer } from "@testcontainers/postgresql";
import type { StartedPostgreSqlContainer } from "@testcontainers/postgresql";
import Docker from "dockerode";
import { Client } from "pg";
import { Wait } from "testcontainers";
import { beforeAll, expect, test } from "vitest";
import { resolveImage } from "../../harness/stack/images/index.ts";

// Its reaper is one more image that may not be to be had; every container here is stopped by its test.
process.env["TESTCONTAINERS_RYUK_DISABLED"] ??= "true";
const labels = { "dev.firedrill.test": "images" };
let image: string;
beforeAll(async () => {
  const resolved = await resolveImage(new Docker(), "postgres:15", { signal: AbortSignal.timeout(500_000) });
  image = resolved.use;
});

const start = (database: PostgreSqlContainer) => database.withLabels(labels).start();

async function query(database: StartedPostgreSqlContainer, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: database.getConnectionUri() });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const logsOf = async (id: string) =>
  String(await new Docker().getContainer(id).logs({ stdout: true, stderr: true }));

test("testcontainers' own PostgreSQL module starts it, and the scripts of the init folder have run", async () => {
  const database = await start(
    new PostgreSqlContainer(image)
      .withDatabase("fleet")
      .withUsername("ops")
      .withCopyContentToContainer([
        { content: "CREATE TABLE one (n int);", target: "/docker-entrypoint-initdb.d/1.sql" },
        { content: 'psql -c "INSERT INTO one VALUES (42)"', target: "/docker-entrypoint-initdb.d/2.sh" },
      ]),
  );
  try {
    expect(await query(database, "SELECT n, current_user AS who FROM one")).toEqual([{ n: 42, who: "ops" }]);
    const tools = await database.exec([
      "sh",
      "-c",
      "for tool in psql pg_dump pg_restore pg_isready dd kill; do command -v $tool || exit 1; done",
    ]);
    expect(tools.exitCode).toBe(0);
    const wrong = new Client({ connectionString: database.getConnectionUri().replace(":test@", ":wrong@") });
    await expect(wrong.connect()).rejects.toThrow("password authentication failed");
  } finally {
    await database.stop();
  }
});

test("it logs what others wait for, stops fast, and keeps its data over a restart", async () => {
  const database = await start(
    new PostgreSqlContainer(image).withWaitStrategy(
      Wait.forLogMessage(/database system is ready to accept connections/, 2),
    ),
  );
  try {
    expect(await logsOf(database.getId())).toContain("PostgreSQL init process complete; ready for start up.");
    await query(database, "CREATE TABLE kept (n int)");
    const handle = new Docker().getContainer(database.getId());
    await handle.stop({ t: 60 });
    // Fast shutdown, not SIGKILL after the grace period: the server ends by itself.
    expect((await handle.inspect()).State.ExitCode).toBe(0);
    await handle.start();
    const count = ["psql", "-U", "test", "-d", "test", "-Atc", "SELECT count(*) FROM kept"];
    await expect.poll(async () => (await database.exec(count)).output, { timeout: 60_000 }).toBe("0\n");
  } finally {
    await database.stop();
  }
});

test("without a password it refuses to start, as the official image does", async () => {
  const docker = new Docker();
  const container = await docker.createContainer({ Image: image, Labels: labels });
  try {
    await container.start();
    expect((await container.wait()).StatusCode).toBe(1);
    expect(String(await container.logs({ stderr: true }))).toContain("superuser password is not specified");
  } finally {
    await container.remove({ force: true, v: true });
  }
});
