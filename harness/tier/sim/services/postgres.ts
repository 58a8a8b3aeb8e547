import { FiredrillError } from "../../../error.ts";
import { DatabaseError } from "../../../service/database.ts";
import { wallMs } from "../kernel/clock.ts";
import { between, stream } from "../kernel/streams.ts";
import type { SqlReply, SqlRequest } from "../storage/sql.ts";
import { Transaction } from "../storage/transaction.ts";
import type { CommandResult, Life, Program } from "./program.ts";
import { runPsql } from "./psql.ts";

/** From the process's start to "ready to accept connections", crash recovery of a small database included. */
const RECOVERY_MS = { low: 800, high: 1_200 } as const;
const PORT = 5_432;
/** SQLSTATE `cannot_connect_now`: what a starting server answers. */
const CANNOT_CONNECT_NOW = "57P03";
/** SQLSTATE `invalid_catalog_name`. */
const NO_SUCH_DATABASE = "3D000";

/**
 * A Postgres server with one database, whose tables live in its volume. A statement runs at its arrival, as one
 * transaction. Users and passwords are not modelled.
 */
export const postgresProgram: Program = {
  healthPort: null,
  async start(life) {
    const { process, world } = life;
    process.listeners.set(PORT, {
      protocol: "postgres",
      serve: (request, answer) => answer(serve(life, request)),
    });
    life.log("LOG:  database system was interrupted or is new; starting up");
    const random = stream(world.seed, process.name, `recovery/${process.generation}`);
    process.after(between(random, RECOVERY_MS.low, RECOVERY_MS.high), () => {
      process.ready = true;
      life.log("LOG:  database system is ready to accept connections");
    });
  },
  exec(life, argv) {
    if (argv[0] === "pg_isready") return isReady(life, argv.slice(1));
    if (argv[0] === "psql") return runPsql(life, argv.slice(1), databaseName(life));
    return null;
  },
};

function serve(life: Life, request: SqlRequest): SqlReply {
  if (!life.process.ready) return refuse("the database system is starting up", CANNOT_CONNECT_NOW);
  if (request.kind === "startup") {
    if (request.database === databaseName(life)) return { kind: "rows", rows: [] };
    return refuse(`database "${request.database}" does not exist`, NO_SUCH_DATABASE);
  }
  const { world, process, volume } = life;
  const transaction = new Transaction(volume.tables);
  try {
    const rows = structuredClone(request.execute(transaction, Math.floor(wallMs(world.kernel))));
    transaction.commit();
    world.trace.note("sql", process.name, request.name, request.digest, JSON.stringify(rows));
    return { kind: "rows", rows };
  } catch (error) {
    const reply = refuse(...asRefusal(request.name, error));
    world.trace.note("sql", process.name, request.name, request.digest, reply.message);
    return reply;
  }
}

/** An error that a server would give is an answer; any other one is a mistake in the statement's model. */
function asRefusal(statement: string, error: unknown): [message: string, sqlState: string | undefined] {
  if (error instanceof DatabaseError) return [error.message, error.sqlState];
  if (error instanceof Error && "sqlState" in error && typeof error.sqlState === "string") {
    return [error.message, error.sqlState];
  }
  throw new FiredrillError("RUN_MODEL", `the model of statement ${statement} failed`, {
    received: error instanceof Error ? error.message : String(error),
    expected: "rows, or an error with an sqlState, as the SQL beside it would give",
    cause: error,
  });
}

function refuse(message: string, sqlState: string | undefined): Extract<SqlReply, { kind: "error" }> {
  return { kind: "error", message, sqlState };
}

/** As the official image: POSTGRES_DB, else the user's name. */
function databaseName(life: Life): string {
  return life.env["POSTGRES_DB"] ?? life.env["POSTGRES_USER"] ?? "postgres";
}

/** Options of `pg_isready` that name the server we are in anyway; `-q` is the only one with an effect. */
const ADDRESSING = new Set(["-U", "-d", "-h", "-p", "-t"]);

/** 0: accepts connections; 1: starting up. Null for options that are not modelled. */
function isReady(life: Life, args: readonly string[]): Promise<CommandResult> | null {
  const rest = args.filter((arg, at) => !ADDRESSING.has(arg) && !ADDRESSING.has(args[at - 1] ?? ""));
  if (rest.some((arg) => arg !== "-q")) return null;
  const { ready } = life.process;
  const said = `/var/run/postgresql:${PORT} - ${ready ? "accepting connections" : "rejecting connections"}\n`;
  return Promise.resolve({ exitCode: ready ? 0 : 1, stdout: rest.includes("-q") ? "" : said, stderr: "" });
}
