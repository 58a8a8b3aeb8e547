import { DEFAULT_TTL_MS, type KindDescription, noParams } from "./description.ts";

const blow = {
  layers: () => ["process"] as const,
  continuous: false,
  defaultTtlMs: DEFAULT_TTL_MS,
  params: noParams,
} as const;

/** Kinds that end or freeze processes. None takes parameters. */
export const processKinds: readonly KindDescription[] = [
  {
    kind: "kill",
    effect: "every process of the target dies at once; it counts as a manual stop, so nothing restarts it",
    ...blow,
  },
  {
    kind: "crash",
    effect: "the target's first process dies from SIGKILL; its restart policy acts",
    ...blow,
  },
  {
    kind: "stop",
    effect: "the target is asked to end (SIGTERM, 10 s of grace) and stays down",
    ...blow,
  },
  {
    kind: "pause",
    effect: "the target is frozen: connections stay open and nothing answers",
    ...blow,
    continuous: true,
  },
  {
    kind: "node-loss",
    effect: "everything on the target's node dies in the same instant and stays down",
    ...blow,
  },
  {
    kind: "db-outage",
    effect: "the database dies without a checkpoint and stays down; its data is intact",
    ...blow,
  },
];
