import pg from "pg";
import { DatabaseError } from "./database.ts";
import type { Database, Statement } from "./database.ts";

/** Time-outs of one database; tests shorten them. */
export interface PostgresLimits {
  /** For a connection, or a place in the queue for one. Default 5000. */
  readonly connectMs?: number;
  /** For a statement's answer. Default 5000. */
  readonly statementMs?: number;
}

/** More connections than a stand-in ever needs at once; what does not fit waits `connectMs` and is refused. */
const MAX_CONNECTIONS = 8;
/** SQLSTATE classes after which the connection is of no more use: 08 connection, 57 operator intervention. */
const BROKEN = /^(08|57)/;

export interface NodeDatabase extends Database {
  close(): Promise<void>;
}

/** Postgres at `url`. Connects when first used and again after every loss. */
export function nodePostgres(url: string, limits: PostgresLimits = {}): NodeDatabase {
  const statementMs = limits.statementMs ?? 5_000;
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: limits.connectMs ?? 5_000,
    query_timeout: statementMs,
    // The server gives up too: a statement nobody waits for must not keep its locks.
    statement_timeout: statementMs,
    keepAlive: true,
  });
  // An idle connection that dies is replaced when it is next needed.
  pool.on("error", () => {});
  // One that dies in use rejects its statement *and* emits; without a listener that would end the process.
  pool.on("connect", (client) => client.on("error", () => {}));
  return {
    run: (statement, params) => run(pool, statement, params),
    close: () => pool.end(),
  };
}

async function run<Params extends readonly unknown[], Result>(
  pool: pg.Pool,
  statement: Statement<Params, Result>,
  params: Params,
): Promise<Result[]> {
  const client = await pool.connect().catch((error: unknown) => {
    throw asDatabaseError(statement.name, error, false);
  });
  let sick = true;
  try {
    const result = await client.query<Result & pg.QueryResultRow>(statement.text, [...params]);
    sick = false;
    return result.rows;
  } catch (error) {
    const failure = asDatabaseError(statement.name, error, true);
    sick = failure.sqlState === undefined || BROKEN.test(failure.sqlState);
    throw failure;
  } finally {
    client.release(sick);
  }
}

/**
 * `none` where nothing was sent or the server itself said no: its error rolls the statement back.
 * Class 08 and 57P01 to 57P03 end a session at a moment nobody knows, unless it was still being opened.
 */
function asDatabaseError(name: string, error: unknown, sent: boolean): DatabaseError {
  const { code, message } = error as { code?: unknown; message?: string };
  const sqlState = typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
  // 57014: cancelled by the server's own statement time-out, and rolled back.
  const refused = sqlState !== undefined && (sqlState === "57014" || !BROKEN.test(sqlState));
  return new DatabaseError(
    !sent || refused ? "none" : "unknown",
    `${name}: ${message ?? String(error)}`,
    sqlState,
  );
}
