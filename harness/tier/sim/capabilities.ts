import type { FaultKind } from "../../fault/kinds.ts";
import { kubernetesOnly } from "../kubernetes-only.ts";
import type { Capability } from "../tier.ts";

const exact: Capability = { grade: "exact" };

/** How truly the sim tier shows each fault kind. `exact` is meant against Docker on one host. */
export const simCapabilities: Readonly<Record<FaultKind, Capability>> = {
  ...kubernetesOnly("sim"),
  kill: exact,
  crash: exact,
  stop: exact,
  pause: exact,
  "node-loss": exact,
  "db-outage": exact,
  "data-loss": exact,
  partition: exact,
  latency: exact,
  "dns-failure": exact,
  "memory-pressure": {
    grade: "approximate",
    reason: "memory is not modelled: the target is killed for memory at once (OOMKilled, exit status 137)",
  },
  "cpu-stress": {
    grade: "approximate",
    reason: "processors are not modelled: each wake-up of the target waits up to 10 ms for every busy loop",
  },
  mock: {
    grade: "approximate",
    reason:
      "clients of the sim tier see whole answers over HTTP: one that breaks in the middle is a reset, a slow one comes late, " +
      "and mocks' TCP and WebSocket ports are closed",
  },
  "disk-full": { grade: "impossible", reason: "the sim tier models no file system that could fill up" },
  bandwidth: {
    grade: "impossible",
    reason: "the sim tier models when messages arrive, not how large they are",
  },
};
