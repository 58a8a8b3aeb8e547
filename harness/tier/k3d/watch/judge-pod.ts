import type { ContainerStatus, Pod } from "../api/objects.ts";
import type { NodeStateWord, PodStateWord } from "./views.ts";

/** Reasons with which the kubelet says that a container will not come up by itself soon (Kubernetes v1.34, pkg/kubelet). */
const STUCK: ReadonlySet<string> = new Set([
  "CrashLoopBackOff",
  "ImagePullBackOff",
  "ErrImagePull",
  "ErrImageNeverPull",
  "InvalidImageName",
  "CreateContainerConfigError",
  "CreateContainerError",
  "RunContainerError",
]);
/** Kubernetes writes times in whole seconds, cut off. */
const CUT_OFF_MS = 1_000;

/** What a pod's verdict needs of its node. */
export interface NodeOfPod {
  readonly place: string;
  readonly state: NodeStateWord;
  /** When the node's container was started last, ms since 1970: older containers in it are dead, whatever the API says. */
  readonly startedMs: number;
}

export interface PodVerdict {
  readonly state: PodStateWord;
  readonly detail: string;
}

/** What a pod is. Ready only if it says so itself, from a node that is ready, and not from before that node's last start. */
export function judgePod(pod: Pod, node: NodeOfPod | null): PodVerdict {
  return fromPhase(pod) ?? fromNode(pod, node) ?? fromContainers(pod) ?? fromReadiness(pod, node);
}

function fromPhase({ metadata, spec, status }: Pod): PodVerdict | null {
  const said = [status.reason, status.message].filter(Boolean).join(": ");
  if (status.phase === "Failed" && status.reason === "Evicted") return { state: "evicted", detail: said };
  if (status.phase === "Failed" || status.phase === "Succeeded") {
    return { state: "ended", detail: said || status.phase.toLowerCase() };
  }
  if (metadata.deletionTimestamp !== undefined) return { state: "terminating", detail: "" };
  if (spec.nodeName !== undefined) return null;
  const scheduled = status.conditions?.find(({ type }) => type === "PodScheduled");
  return { state: "pending", detail: scheduled?.message ?? "not scheduled yet" };
}

function fromNode({ spec }: Pod, node: NodeOfPod | null): PodVerdict | null {
  if (node === null) return { state: "unknown", detail: `its node ${spec.nodeName} is not known` };
  if (node.state === "ready") return null;
  const detail = `its node ${node.place} is ${node.state}`;
  return { state: node.state === "unknown" ? "unknown" : "not-ready", detail };
}

function fromContainers({ status }: Pod): PodVerdict | null {
  const containers = status.containerStatuses ?? [];
  const stuck = containers.find(({ state }) => STUCK.has(state.waiting?.reason ?? ""));
  const dead = stuck ?? containers.find(({ state }) => state.terminated !== undefined);
  if (dead === undefined) return null;
  const said = [dead.state.waiting?.reason, dead.state.waiting?.message, describeEnd(dead)];
  return { state: "crashing", detail: said.filter(Boolean).join(": ") };
}

function describeEnd({ state, lastState }: ContainerStatus): string {
  const end = state.terminated ?? lastState?.terminated;
  if (end === undefined) return "";
  return `${end.reason ?? "ended"} (exit status ${end.exitCode})`;
}

function fromReadiness({ status }: Pod, node: NodeOfPod | null): PodVerdict {
  const containers = status.containerStatuses ?? [];
  const starts = containers.map(({ state }) => Date.parse(state.running?.startedAt ?? ""));
  if (starts.length === 0 || starts.some(Number.isNaN)) {
    const reason = containers.map(({ state }) => state.waiting?.reason).find(Boolean);
    return { state: "starting", detail: reason ?? "" };
  }
  if (Math.min(...starts) + CUT_OFF_MS <= (node?.startedMs ?? 0)) {
    return { state: "unknown", detail: "what is said of it is from before its node's last start" };
  }
  const ready = status.conditions?.find(({ type }) => type === "Ready");
  if (ready?.status === "True") return { state: "ready", detail: "" };
  // A pod that turned unready did so after its containers had started; one that has never been ready did not.
  const turnedMs = Date.parse(ready?.lastTransitionTime ?? "");
  const detail = ready?.message ?? "";
  return { state: turnedMs > Math.max(...starts) ? "not-ready" : "starting", detail };
}
