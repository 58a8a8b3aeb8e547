import { FiredrillError } from "../../../error.ts";
import type { Database, Row, Statement } from "../../../service/database.ts";
import { wallMs } from "../kernel/clock.ts";
import { databaseClient } from "../storage/database-client.ts";
import { copyTables } from "../storage/volumes.ts";
import type { Snapshot } from "../storage/volumes.ts";
import type { CommandResult, Life, Program } from "./program.ts";

const DEFAULT_INTERVAL_MS = 5_000;
const MAX_SNAPSHOTS = 20;
/** Healthy means: there is a backup younger than this. */
const FRESH_MS = 30_000;
/** A restore asks once a second whether the server is there, and gives up after so many times. */
const RESTORE_TRIES = 30;

type Dump = readonly (readonly [table: string, rows: readonly Row[]])[];

const dump: Statement<readonly [], Dump[number]> = {
  name: "pg_dump",
  text: "pg_dump",
  model: (tables) => [...copyTables(tables)],
};

/** As `pg_restore --clean --single-transaction`: all of it, or nothing. */
const restore: Statement<readonly [Dump], never> = {
  name: "pg_restore",
  text: "pg_restore",
  model(tables, [content]) {
    tables.clear();
    for (const [name, rows] of content)
      tables.set(
        name,
        rows.map((row) => ({ ...row })),
      );
    return [];
  },
};

/**
 * Dumps the database at PGHOST every BACKUP_INTERVAL_MS into its own volume and keeps the newest 20 dumps. A database
 * without tables is not dumped: the dump of an emptied one must never become the latest backup.
 */
export const postgresBackupProgram: Program = {
  healthPort: null,
  async start(life) {
    const database = connectTo(life);
    const intervalMs = Number(life.env["BACKUP_INTERVAL_MS"] ?? DEFAULT_INTERVAL_MS);
    if (!(intervalMs > 0)) {
      throw new FiredrillError("USAGE_STACK", "BACKUP_INTERVAL_MS is not a time", {
        received: String(intervalMs),
      });
    }
    const loop = () =>
      void backUp(life, database).then((trouble) => {
        if (trouble !== null) life.log(`no dump this time: ${trouble}`);
        const latest = life.volume.snapshots.at(-1);
        life.process.ready = latest !== undefined && wallMs(life.world.kernel) - latest.takenMs <= FRESH_MS;
        life.process.after(intervalMs, loop);
      });
    loop();
  },
  exec(life, argv) {
    if (argv.join(" ") === "restore-latest") return restoreLatest(life);
    if (argv.join(" ") === "ls /backups") return Promise.resolve(said(0, list(life)));
    return null;
  },
};

function connectTo({ env, world, process }: Life): Database {
  const host = env["PGHOST"];
  if (host === undefined || host === "") {
    throw new FiredrillError("USAGE_STACK", `${process.name} does not know its database`, {
      expected: "PGHOST with the name of a service, under `environment`",
    });
  }
  const user = env["PGUSER"] ?? "postgres";
  const address = `${host}:${env["PGPORT"] ?? "5432"}/${env["PGDATABASE"] ?? user}`;
  return databaseClient(world, process, `postgres://${user}@${address}`);
}

/** Null when there is a new dump, else why not. */
async function backUp(life: Life, database: Database): Promise<string | null> {
  try {
    const content = await database.run(dump, []);
    if (content.length === 0) return "nothing to keep: the dump has no tables in it";
    const { snapshots } = life.volume;
    const tables = new Map(content.map(([name, rows]) => [name, [...rows]]));
    snapshots.push({ takenMs: Math.floor(wallMs(life.world.kernel)), tables });
    if (snapshots.length > MAX_SNAPSHOTS) snapshots.shift();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function restoreLatest(life: Life): Promise<CommandResult> {
  const latest = life.volume.snapshots.at(-1);
  if (latest === undefined) {
    return said(1, "", "restore-latest: there is no dump in /backups. Nothing was changed.\n");
  }
  const database = connectTo(life);
  for (let tries = 1; ; tries++) {
    try {
      await database.run(restore, [[...copyTables(latest.tables)]]);
      return said(0, `restored ${nameOf(latest, life)}\n`);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (tries === RESTORE_TRIES) return said(2, "", `restore-latest: ${why}. Nothing was changed.\n`);
    }
    await new Promise<void>((resolve) => void life.process.after(1_000, resolve));
  }
}

function list(life: Life): string {
  return life.volume.snapshots.map((snapshot) => `${nameOf(snapshot, life)}\n`).join("");
}

function nameOf({ takenMs }: Snapshot, { env }: Life): string {
  return `${env["PGDATABASE"] ?? env["PGUSER"] ?? "postgres"}-${takenMs}.dump`;
}

function said(exitCode: number, stdout: string, stderr = ""): CommandResult {
  return { exitCode, stdout, stderr };
}
