/** Every fault kind, in the words of the field. */
export const FAULT_KINDS = [
  "kill",
  "crash",
  "stop",
  "pause",
  "node-loss",
  "db-outage",
  "data-loss",
  "memory-pressure",
  "cpu-stress",
  "disk-full",
  "partition",
  "latency",
  "bandwidth",
  "dns-failure",
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];
