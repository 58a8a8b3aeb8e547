import type { z } from "zod";
import type { FaultKind } from "../fault/kinds.ts";
import type {
  callProbeCard,
  criterionCard,
  faultCard,
  httpProbeCard,
  runbookCard,
  workloadCard,
} from "./card.ts";
import type { ProbeCall } from "./definition.ts";

/** The words a scenario is written in. Each returns a piece of the card; nothing happens until the run. */

type HttpProbeOptions = Omit<z.input<typeof httpProbeCard>, "kind" | "url">;
type CallProbeOptions = Omit<z.input<typeof callProbeCard>, "kind" | "call">;
type WorkloadOptions = Omit<z.input<typeof workloadCard>, "url">;
type FaultCard = z.input<typeof faultCard>;
/** When and whom: the same for every fault. What each kind takes besides is in `firedrill tiers --faults`. */
type FaultOptions = Omit<FaultCard, "kind" | "on" | "params"> & Record<string, unknown>;
type CriterionCard = z.input<typeof criterionCard>;
type Options<Kind extends CriterionCard["kind"], Given extends string> = Omit<
  Extract<CriterionCard, { kind: Kind }>,
  "kind" | Given
>;

export const probe = {
  /** Asks `url` (by service name) on a fixed schedule, from outside the stack. */
  http: (url: string, options: HttpProbeOptions = {}): z.input<typeof httpProbeCard> => ({
    kind: "http",
    url,
    ...options,
  }),
  /** Calls a function of yours on a fixed schedule: good when it resolves in time. Not on `sim`. */
  call: (call: ProbeCall, options: CallProbeOptions = {}): z.input<typeof callProbeCard> => ({
    kind: "call",
    call,
    ...options,
  }),
};

export const workload = {
  /** Posts an operation with a unique `key` on a fixed schedule, and reads everything back in the end. */
  http: (url: string, options: WorkloadOptions): z.input<typeof workloadCard> => ({ url, ...options }),
};

const TIMING = ["id", "pick", "from", "after", "delay", "duration", "ttl"] as const;

const kind =
  (name: FaultKind) =>
  (on: string, options: FaultOptions = {}): FaultCard => {
    const timing = Object.fromEntries(Object.entries(options).filter(([key]) => isTiming(key)));
    const params = Object.fromEntries(Object.entries(options).filter(([key]) => !isTiming(key)));
    return { kind: name, on, ...timing, params };
  };

function isTiming(key: string): boolean {
  return (TIMING as readonly string[]).includes(key);
}

/** Faults hit a role or a service, on k3d also a node or a cluster. `duration` counts from the moment the effect is confirmed. */
export const fault = {
  /** SIGKILL by the engine: counts as a manual stop, so no restart policy acts. */
  kill: kind("kill"),
  /** PID 1 killed from outside: the restart policy acts. */
  crash: kind("crash"),
  stop: kind("stop"),
  pause: kind("pause"),
  /** Every service on the target's node vanishes at once. */
  nodeLoss: kind("node-loss"),
  dbOutage: kind("db-outage"),
  /** The target dies and its volume is emptied. */
  dataLoss: kind("data-loss"),
  /** The target's memory fills until the kernel kills it. */
  memoryPressure: kind("memory-pressure"),
  cpuStress: kind("cpu-stress"),
  diskFull: kind("disk-full"),
  /** Packets are dropped between the target and `from` (default: everyone). */
  partition: kind("partition"),
  latency: kind("latency"),
  bandwidth: kind("bandwidth"),
  dnsFailure: kind("dns-failure"),
  /**
   * A fault of the mock behind a service, by the mock's own name for it:
   * `fault.mock("llm", { fault: "rate.bucket", params: { rpm: 5 }, scope: { key: "a" }, duration: "20s" })`.
   */
  mock: kind("mock"),
  // From here on k3d only. `on` may name a node (`agent-1`), a pool of nodes, or a service: then its pod's node is meant.
  podKill: kind("pod-kill"),
  /** Killed each time it comes up, until the kubelet backs off. */
  crashLoop: kind("crash-loop"),
  imageMissing: kind("image-missing"),
  configCorrupt: kind("config-corrupt"),
  /** Gone for good, as a spot instance that was reclaimed. */
  nodeDelete: kind("node-delete"),
  kubeletStop: kind("kubelet-stop"),
  runtimeStop: kind("runtime-stop"),
  cordon: kind("cordon"),
  /** Honours disruption budgets. */
  drain: kind("drain"),
  taint: kind("taint"),
  nodeMemoryPressure: kind("node-memory-pressure"),
  nodeDiskPressure: kind("node-disk-pressure"),
  gpuLoss: kind("gpu-loss"),
  apiOutage: kind("api-outage"),
  clusterDnsOutage: kind("cluster-dns-outage"),
};

/**
 * A Markdown runbook; the operator begins `reaction` after `startsOn` turned bad, once all faults are in effect, or with
 * `after: "fault:<id>"` once that one is.
 */
export function runbook(
  file: string,
  options: Omit<z.input<typeof runbookCard>, "file">,
): z.input<typeof runbookCard> {
  return { file, ...options };
}

/** Exit criteria. */
export const must = {
  recover: (probeId: string, options: Options<"recovery", "probe">): CriterionCard => ({
    kind: "recovery",
    probe: probeId,
    ...options,
  }),
  detect: (probeId: string, options: Options<"detection", "probe">): CriterionCard => ({
    kind: "detection",
    probe: probeId,
    ...options,
  }),
  continue: (of: string, options: Options<"continuity", "of">): CriterionCard => ({
    kind: "continuity",
    of,
    ...options,
  }),
  stay: (of: string, metric: string, options: Options<"threshold", "of" | "metric">): CriterionCard => ({
    kind: "threshold",
    of,
    metric,
    ...options,
  }),
  keepAcknowledged: (
    workloadId: string,
    options: Options<"no-acknowledged-loss", "workload"> = {},
  ): CriterionCard => ({ kind: "no-acknowledged-loss", workload: workloadId, ...options }),
  haveUniqueIds: (workloadId: string, options: Options<"unique-ids", "workload"> = {}): CriterionCard => ({
    kind: "unique-ids",
    workload: workloadId,
    ...options,
  }),
  haveOneLeader: (workloadId: string, options: Options<"one-leader", "workload"> = {}): CriterionCard => ({
    kind: "one-leader",
    workload: workloadId,
    ...options,
  }),
  /** A command of the operator's that must end with 0, run once at the end of each trial. */
  pass: (
    title: string,
    command: string,
    options: Partial<Options<"check", "title" | "command">> = {},
  ): CriterionCard => ({
    kind: "check",
    title,
    command,
    ...options,
  }),
};
