import type { Row, Tables } from "../../../service/database.ts";

/** One backup: the tables as they were. */
export interface Snapshot {
  /** Virtual wall time, as ms since 1970. */
  readonly takenMs: number;
  readonly tables: ReadonlyMap<string, readonly Row[]>;
}

/** What a named volume holds. A real one holds files; these are the only two things that our models keep. */
export interface Volume {
  readonly tables: Tables;
  readonly snapshots: Snapshot[];
}

/** The volumes of a stack, by name. They outlive every process. */
export class Volumes {
  readonly #volumes = new Map<string, Volume>();

  /** The volume, made empty when it is first used. */
  open(name: string): Volume {
    let volume = this.#volumes.get(name);
    if (volume === undefined) this.#volumes.set(name, (volume = { tables: new Map(), snapshots: [] }));
    return volume;
  }

  erase(name: string): void {
    const volume = this.open(name);
    volume.tables.clear();
    volume.snapshots.length = 0;
  }

  isEmpty(name: string): boolean {
    const volume = this.open(name);
    return volume.tables.size === 0 && volume.snapshots.length === 0;
  }

  names(): readonly string[] {
    return [...this.#volumes.keys()];
  }
}

/** A copy that shares nothing with the original. */
export function copyTables(tables: ReadonlyMap<string, readonly Row[]>): Map<string, Row[]> {
  return new Map([...tables].map(([name, rows]) => [name, rows.map((row) => ({ ...row }))]));
}
