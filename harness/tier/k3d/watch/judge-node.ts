import { formatDuration } from "../../../time/duration.ts";
import type { Lease } from "../api/objects.ts";
import type { NodeFacts } from "./node-facts.ts";
import type { NodeStateWord } from "./views.ts";

/** The kubelet renews after a quarter of its lease, so this is six heartbeats missed. */
const LEASES_UNTIL_UNKNOWN = 1.5;
/** nodeLeaseDurationSeconds, kubelet configuration, v1.34. */
const DEFAULT_LEASE_S = 40;

export interface NodeVerdict {
  readonly state: NodeStateWord;
  readonly detail: string;
}

/**
 * What a node is, by the rule of truth: the engine's word counts at once, Kubernetes' word only with a heartbeat that is
 * young and newer than whatever it could be a leftover of: a stopped or frozen node, an API server that was away (its
 * first answers after a restart are old). So no node gets better without a sign of life, and none gets worse because
 * something else was hit.
 */
export function judgeNode(facts: NodeFacts): NodeVerdict {
  return fromEngine(facts) ?? fromHeartbeat(facts) ?? fromCondition(facts);
}

/** When the node has shown life last, ms since 1970; null: never. */
export function heartbeatMs(lease: Lease | null): number | null {
  const at = Date.parse(lease?.spec.renewTime ?? "");
  return Number.isNaN(at) ? null : at;
}

function fromEngine({ container }: NodeFacts): NodeVerdict | null {
  switch (container.state) {
    case "missing":
      return { state: "gone", detail: "its container was removed" };
    case "exited":
      return { state: "down", detail: `its container has ended (exit status ${container.exitCode ?? "?"})` };
    case "paused":
      return { state: "paused", detail: "its container is frozen" };
    case "running":
      return null;
  }
}

function fromHeartbeat({ container, node, joined, lease, api, nowMs }: NodeFacts): NodeVerdict | null {
  const unknown = (detail: string): NodeVerdict => ({ state: "unknown", detail });
  if (api.silent) return unknown("the API server does not answer");
  if (node === null && !joined) return unknown("it has not joined its cluster");
  if (node === null) return { state: "gone", detail: "its Node object was deleted" };
  const beatMs = heartbeatMs(lease);
  if (beatMs === null) return unknown("it has sent no heartbeat");
  if (beatMs <= container.awakeMs) return unknown("no heartbeat since its container runs again");
  if (beatMs <= api.trustFromMs) return unknown("no heartbeat since the API server answers again");
  const leaseMs = (lease?.spec.leaseDurationSeconds ?? DEFAULT_LEASE_S) * 1_000;
  if (nowMs - beatMs <= LEASES_UNTIL_UNKNOWN * leaseMs) return null;
  return unknown(`its last heartbeat is ${formatDuration(nowMs - beatMs)} old`);
}

function fromCondition({ node }: NodeFacts): NodeVerdict {
  const ready = node?.status.conditions?.find(({ type }) => type === "Ready");
  const detail = ready?.message ?? ready?.reason ?? "";
  switch (ready?.status) {
    case "True":
      return { state: "ready", detail };
    case "False":
      return { state: "not-ready", detail };
    default:
      return { state: "unknown", detail: detail || "Kubernetes does not know" };
  }
}
