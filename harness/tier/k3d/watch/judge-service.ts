import type { ServiceState } from "../../tier.ts";
import type { Pod } from "../api/objects.ts";
import type { PodView } from "./views.ts";

/** One end of one container, as Kubernetes remembers it. */
export interface Ending {
  /** Differs from every other ending. */
  readonly key: string;
  readonly exitCode: number;
  readonly oomKilled: boolean;
  readonly detail: string;
}

/** The state of a service by its pods, in the words that all tiers share; null: nothing is known that would change it. */
export function serviceStateOf(
  pods: readonly Pick<PodView, "state" | "detail" | "nodeState">[],
): { readonly state: ServiceState["state"]; readonly detail: string } | null {
  const alive = pods.filter(({ state }) => !OVER.has(state));
  const ready = pods.filter(({ state }) => state === "ready").length;
  if (ready > 0) return { state: "running", detail: `${ready} of ${alive.length} pods ready` };
  if (pods.length === 0) return { state: "missing", detail: "it has no pods" };
  const [first = { detail: "" }] = alive;
  if (alive.length === 0) return { state: "exited", detail: "its pods have ended or are about to" };
  if (alive.every(({ state }) => state === "unknown")) return null;
  if (alive.every(({ nodeState }) => nodeState === "paused"))
    return { state: "paused", detail: first.detail };
  if (alive.every(({ nodeState }) => nodeState === "down" || nodeState === "gone"))
    return { state: "exited", detail: first.detail };
  return { state: "restarting", detail: first.detail || "no pod is ready" };
}

const OVER: ReadonlySet<PodView["state"]> = new Set(["ended", "evicted", "terminating", "gone"]);

/** How containers of a pod have ended, as far as it still says: the one before, and the one that has not been replaced. */
export function endingsOf({ metadata, status }: Pod): Ending[] {
  return (status.containerStatuses ?? []).flatMap(({ name, state, lastState }) =>
    [lastState?.terminated, state.terminated].flatMap((end) => {
      if (end === undefined) return [];
      const oomKilled = end.reason === "OOMKilled";
      const how = oomKilled ? "died for want of memory" : `ended with ${end.exitCode}`;
      const key = `${metadata.uid} ${name} ${end.finishedAt ?? ""} ${end.exitCode}`;
      return [{ key, exitCode: end.exitCode, oomKilled, detail: `${metadata.name}: ${name} ${how}` }];
    }),
  );
}
