/**
 * All that the control planes ask of Postgres: each statement's SQL stands beside its meaning on plain rows,
 * which is what runs in the sim tier. statements.compose.test.ts holds the two together.
 */
export * from "./statements/lease.ts";
export * from "./statements/nodes.ts";
export * from "./statements/queries.ts";
export * from "./statements/schema.ts";
export * from "./statements/tasks.ts";
export { UNDEFINED_TABLE } from "./statements/tables.ts";
