import type { Emit } from "../../../events/vocabulary.ts";
import { serviceStateOf, type Ending } from "./judge-service.ts";
import type { NodeView, PodView } from "./views.ts";

/** What is told in one round. */
export interface Seen {
  readonly nodes: readonly NodeView[];
  readonly pods: readonly PodView[];
  /** Every service of the stack, with the endings that its pods remember. */
  readonly endings: ReadonlyMap<string, readonly Ending[]>;
}

/** Container endings remembered as told; the oldest are forgotten, long after Kubernetes has forgotten them. */
const MAX_ENDINGS = 10_000;

/** Turns what is seen into events, one for each change and none while all stays as it was. */
export function changeTeller(emit: Emit): (seen: Seen) => void {
  const told = new Map<string, string>();
  const endingsTold = new Set<string>();
  let pods = new Map<string, PodView>();
  let began = false;

  const changed = (what: string, state: string): boolean => {
    if (told.get(what) === state) return false;
    told.set(what, state);
    return true;
  };
  const tellEndings = (service: string, endings: readonly Ending[]) => {
    for (const { key, exitCode, oomKilled, detail } of endings) {
      if (endingsTold.has(key)) continue;
      endingsTold.add(key);
      const [oldest] = endingsTold;
      if (endingsTold.size > MAX_ENDINGS && oldest !== undefined) endingsTold.delete(oldest);
      // What had ended before anyone looked is no news.
      if (!began) continue;
      told.set(`service ${service}`, "exited");
      emit({ kind: "service.state", service, state: "exited", exitCode, oomKilled, detail });
    }
  };
  return (seen) => {
    for (const { place: node, state, detail } of seen.nodes) {
      if (changed(`node ${node}`, state)) emit({ kind: "node.state", node, state, detail });
    }
    const now = new Map(seen.pods.map((pod) => [pod.name, pod]));
    for (const { name, service, node } of pods.values()) {
      if (now.has(name) || !changed(`pod ${name}`, "gone")) continue;
      emit({ kind: "pod.state", pod: name, service, node, state: "gone", detail: "" });
    }
    for (const { name: pod, service, node, state, detail } of now.values()) {
      // A pod gets its node while it is still pending or has just begun to start.
      if (!changed(`pod ${pod}`, `${state} ${node}`)) continue;
      emit({ kind: "pod.state", pod, service, node, state, detail });
    }
    pods = now;
    for (const [service, endings] of seen.endings) {
      tellEndings(service, endings);
      const verdict = serviceStateOf(seen.pods.filter((pod) => pod.service === service));
      // Until it has run for the first time it is coming up, and its pods say how far it is.
      const comingUp = !told.has(`service ${service}`) && verdict?.state !== "running";
      if (verdict === null || comingUp || !changed(`service ${service}`, verdict.state)) continue;
      emit({ kind: "service.state", service, ...verdict, exitCode: null, oomKilled: false });
    }
    began = true;
  };
}
