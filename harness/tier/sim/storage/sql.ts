import type { Tables } from "../../../service/database.ts";

/** What a client asks of the modelled Postgres: to open a session, or to run one statement as one transaction. */
export type SqlRequest =
  | { readonly kind: "startup"; readonly database: string }
  | {
      readonly kind: "run";
      readonly name: string;
      /** The parameters as text, for the trace. */
      readonly digest: string;
      execute(tables: Tables, nowMs: number): unknown[];
    };

export type SqlReply =
  | { readonly kind: "rows"; readonly rows: unknown[] }
  | { readonly kind: "error"; readonly message: string; readonly sqlState: string | undefined };
