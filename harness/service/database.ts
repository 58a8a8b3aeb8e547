/**
 * SQL with its meaning beside it. On real tiers `text` runs in Postgres; in the sim tier
 * `model` runs on plain rows. A contract test runs random statement sequences through both.
 */
export interface Statement<Params extends readonly unknown[], Result> {
  readonly name: string;
  /** One SQL statement with `$1`… placeholders: one transaction. */
  readonly text: string;
  /** The same effect on modelled tables. `nowMs` stands for `now()`. Must not keep references to rows. */
  model(tables: Tables, params: Params, nowMs: number): Result[];
}

export type Row = Record<string, string | number | boolean | null>;
/** Table name → rows, in insertion order. A missing table is an error, as in Postgres. */
export type Tables = Map<string, Row[]>;

export interface Database {
  /**
   * Runs one statement. @throws DatabaseError when the server is away, refuses, or never answers:
   * `outcome` tells whether the effect may still happen.
   */
  run<Params extends readonly unknown[], Result>(
    statement: Statement<Params, Result>,
    params: Params,
  ): Promise<Result[]>;
}

export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  /** `none`: certainly not applied. `unknown`: sent, and no answer came. */
  readonly outcome: "none" | "unknown";
  /** SQLSTATE where the server answered, e.g. `42P01` for a missing table. */
  readonly sqlState: string | undefined;
  constructor(outcome: "none" | "unknown", message: string, sqlState?: string) {
    super(message);
    this.outcome = outcome;
    this.sqlState = sqlState;
  }
}
