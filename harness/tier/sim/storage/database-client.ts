import { FiredrillError } from "../../../error.ts";
import { DatabaseError } from "../../../service/database.ts";
import type { Database, Statement } from "../../../service/database.ts";
import type { Network } from "../network/connection.ts";
import type { Process } from "../services/process.ts";
import { Pool } from "./pool.ts";
import type { Address, Session } from "./pool.ts";
import type { SqlReply } from "./sql.ts";

/** As service/node-postgres.ts: after so long without an answer, nobody knows what became of a statement. */
const STATEMENT_TIMEOUT_MS = 5_000;

/** A process's connection to the modelled Postgres at `url`, with the errors that service/node-postgres.ts makes. */
export function databaseClient(network: Network, process: Process, url: string): Database {
  const pool = new Pool(network, process, readAddress(url));
  return {
    run: <Params extends readonly unknown[], Result>(statement: Statement<Params, Result>, params: Params) =>
      new Promise<Result[]>((resolve, reject) => {
        if (!process.alive) return;
        const sent = structuredClone(params);
        pool.acquire((session) => {
          if (session instanceof DatabaseError) return reject(named(statement.name, session));
          runIn(pool, session, process, statement, sent, (outcome) =>
            outcome instanceof DatabaseError
              ? reject(named(statement.name, outcome))
              : resolve(outcome as Result[]),
          );
        });
      }),
  };
}

function runIn<Params extends readonly unknown[], Result>(
  pool: Pool,
  session: Session,
  process: Process,
  statement: Statement<Params, Result>,
  params: Params,
  done: (outcome: unknown[] | DatabaseError) => void,
): void {
  const { listener } = session.connection;
  if (listener.protocol !== "postgres") throw new FiredrillError("BUG", "a session with no database");
  let waiting = true;
  const finish = (health: "well" | "sick", outcome: unknown[] | DatabaseError) => {
    if (!waiting) return;
    waiting = false;
    cancel();
    pool.release(session, health);
    done(outcome);
  };
  const cancel = process.after(STATEMENT_TIMEOUT_MS, () =>
    finish("sick", new DatabaseError("unknown", `no answer within ${STATEMENT_TIMEOUT_MS} ms`)),
  );
  const request = {
    kind: "run",
    name: statement.name,
    digest: JSON.stringify(params),
    execute: (tables, nowMs) => statement.model(tables, params, nowMs),
  } as const satisfies Parameters<typeof listener.serve>[0];
  session.connection.ask<SqlReply>(
    (answer) => listener.serve(request, answer),
    (heard) =>
      process.deliver(() => {
        if (heard.kind === "reset")
          finish("sick", new DatabaseError("unknown", "Connection terminated unexpectedly"));
        else if (heard.reply.kind === "rows") finish("well", heard.reply.rows);
        else finish("well", new DatabaseError("none", heard.reply.message, heard.reply.sqlState));
      }),
  );
}

function named(statement: string, error: DatabaseError): DatabaseError {
  return new DatabaseError(error.outcome, `${statement}: ${error.message}`, error.sqlState);
}

/** `postgres://user:password@host:5432/name`; as libpq has it, the name defaults to the user's. */
function readAddress(text: string): Address {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === "") {
    throw new FiredrillError("USAGE_STACK", "this is no address of a Postgres database", {
      received: text,
      expected: "postgres://user:password@host:5432/name",
    });
  }
  const user = url.username === "" ? "postgres" : decodeURIComponent(url.username);
  const name = decodeURIComponent(url.pathname.slice(1));
  return {
    host: url.hostname,
    port: url.port === "" ? 5432 : Number(url.port),
    database: name === "" ? user : name,
  };
}
