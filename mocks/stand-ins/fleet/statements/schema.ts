import type { Statement } from "../../../../harness/service/database.ts";

/**
 * Everything the fleet stores. A control plane runs it once, when its process starts, and never again: tables
 * that vanish later are a loss that an operator must see, not an invitation to begin from nothing.
 * The advisory lock lets two control planes start at once.
 */
export const createSchema: Statement<readonly [], never> = {
  name: "createSchema",
  text: `do $$ begin
    perform pg_advisory_xact_lock(8082);
    create table if not exists lease (
      only_row boolean primary key default true check (only_row),
      holder text not null, token int not null, expires_at timestamptz not null);
    create table if not exists ledger (
      only_row boolean primary key default true check (only_row),
      last_seq int not null);
    create table if not exists tasks (
      id text primary key, key text not null unique, seq int not null unique,
      writer text not null, token int not null,
      kind text not null, duration_ms int not null,
      state text not null, worker text, attempt int not null,
      accepted_at timestamptz not null, pending_since timestamptz not null);
    create table if not exists nodes (node text primary key, role text not null, gpu boolean not null);
    create table if not exists control_planes (name text primary key, seen_at timestamptz not null);
    insert into lease (holder, token, expires_at) values ('', 0, to_timestamp(0)) on conflict do nothing;
    insert into ledger (last_seq) values (0) on conflict do nothing;
  end $$`,
  model(tables) {
    for (const name of ["lease", "ledger", "tasks", "nodes", "control_planes"]) {
      if (!tables.has(name)) tables.set(name, []);
    }
    const lease = tables.get("lease");
    if (lease?.length === 0) lease.push({ only_row: true, holder: "", token: 0, expires_at: 0 });
    const ledger = tables.get("ledger");
    if (ledger?.length === 0) ledger.push({ only_row: true, last_seq: 0 });
    return [];
  },
};
