import type { Row, Tables } from "../../../service/database.ts";

/**
 * A statement's view of the tables. It copies what the statement looks at, so that a model that throws half-way leaves
 * nothing behind and one that keeps a row cannot change it later.
 */
export class Transaction extends Map<string, Row[]> {
  readonly #base: Tables;

  constructor(base: Tables) {
    super(base);
    this.#base = base;
  }

  override get(name: string): Row[] | undefined {
    const rows = super.get(name);
    if (rows === undefined || rows !== this.#base.get(name)) return rows;
    const copy = rows.map((row) => ({ ...row }));
    super.set(name, copy);
    return copy;
  }

  override forEach(visit: (rows: Row[], name: string, map: Map<string, Row[]>) => void): void {
    for (const [name, rows] of this.entries()) visit(rows, name, this);
  }

  override entries(): MapIterator<[string, Row[]]> {
    for (const name of this.keys()) this.get(name);
    return super.entries();
  }

  override values(): MapIterator<Row[]> {
    for (const name of this.keys()) this.get(name);
    return super.values();
  }

  override [Symbol.iterator](): MapIterator<[string, Row[]]> {
    return this.entries();
  }

  /** Makes the base what the statement left. */
  commit(): void {
    const left = [...super.entries()];
    this.#base.clear();
    for (const [name, rows] of left) this.#base.set(name, rows);
  }
}
