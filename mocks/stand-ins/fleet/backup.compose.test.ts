import { fileURLToPath } from "node:url";
import Docker from "dockerode";
import { execa } from "execa";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPostgres } from "../../../harness/service/node-postgres.testkit.ts";
import type { TestPostgres } from "../../../harness/service/node-postgres.testkit.ts";

const LABEL = "fleet-backup";
const SCRIPTS = fileURLToPath(new URL("../../../fixtures/stacks/fleet/backup/", import.meta.url));
const docker = new Docker();

describe("the backup's scripts", () => {
  let server: TestPostgres;
  let database: pg.Client;
  let backup: Docker.Container;
  beforeAll(async () => {
    server = await startPostgres(LABEL);
    database = new pg.Client(server.url);
    await database.connect();
    const { Image } = await server.container.inspect();
    backup = await docker.createContainer({
      Image,
      Labels: { "dev.firedrill.test": LABEL },
      Cmd: ["backup-loop"],
      Env: [
        "PGHOST=127.0.0.1",
        "PGUSER=test",
        "PGPASSWORD=test",
        "PGDATABASE=test",
        "BACKUP_INTERVAL_MS=300",
      ],
      HostConfig: {
        NetworkMode: `container:${server.container.id}`,
        Tmpfs: { "/backups": "" },
        Binds: ["backup-loop", "restore-latest"].map((name) => `${SCRIPTS}${name}:/usr/local/bin/${name}:ro`),
      },
    });
    await backup.start();
  });
  afterAll(async () => {
    await database?.end();
    await backup?.remove({ force: true, v: true });
    await server?.[Symbol.asyncDispose]();
  });

  const inBackup = (...command: string[]) =>
    execa("docker", ["exec", backup.id, ...command], { reject: false, timeout: 60_000 });
  const dumps = async () => (await inBackup("ls", "/backups")).stdout.split("\n").filter(Boolean);
  const until = async (what: string, met: () => Promise<boolean>) => {
    for (let tries = 0; tries < 200; tries++) {
      if (await met()) return;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    throw new Error(`never: ${what}`);
  };
  const logs = async () => (await backup.logs({ stdout: true, stderr: true })).toString();

  it("keep no dump of a database without tables, and a restore without a dump fails and says so", async () => {
    await until("a dump is refused", async () => (await logs()).includes("nothing to keep"));
    expect(await dumps()).toEqual([]);
    const { exitCode, stderr } = await inBackup("restore-latest");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("no dump in /backups");
  });

  it("bring back what was there, after the tables are gone", async () => {
    await database.query("create table things as select generate_series(1, 1000) as id");
    await until("a dump is there", async () => (await dumps()).length > 0);
    await database.query("drop table things");
    const before = (await logs()).split("nothing to keep").length;
    await until(
      "the empty database is seen",
      async () => (await logs()).split("nothing to keep").length > before,
    );
    const { exitCode, stdout } = await inBackup("restore-latest");
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^restored fleet-\d{13}\.dump$/)]);
    const { rows } = await database.query("select count(*)::int as n from things");
    expect(rows).toEqual([{ n: 1000 }]);
  });

  it("keep the newest twenty", async () => {
    await until("twenty dumps are there", async () => (await dumps()).length >= 20);
    const [oldest] = await dumps();
    await until("the oldest one goes", async () => !(await dumps()).includes(oldest ?? ""));
    expect((await dumps()).length).toBeLessThanOrEqual(21);
  });

  it("end when they are asked to", async () => {
    await backup.stop({ t: 20 });
    expect((await backup.inspect()).State.ExitCode).toBe(0);
  });
});
