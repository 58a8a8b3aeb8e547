import type Docker from "dockerode";
import { FiredrillError } from "../../../error.ts";
import type { Clock } from "../../../time/clock.ts";
import type { Fingerprint } from "../../tier.ts";
import { KubeRefusal, type KubeApi } from "../api/kube-api.ts";
import type { Pod } from "../api/objects.ts";
import { killPods } from "../faults/control/kill-pods.ts";
import { type Item, takeInventory } from "../watch/inventory.ts";
import type { Cluster } from "./cluster.ts";
import { named } from "./pristine.ts";

const EMPTY_WITHIN_MS = 90_000;
/** A namespace that is deleted while it has pods looks again only after half of their grace (namespaced_resources_deleter.go). */
const PODS_FIRST_MS = 30_000;
const BETWEEN_LOOKS_MS = 500;

/**
 * Deletes from a cluster whatever the mark does not name, whoever made it, and returns when it is gone. Processes get no
 * grace: nobody needs what they would still write. @throws RUN_STACK with what is left, KubeSilence, KubeRefusal
 */
export async function resetCluster(
  { spec, api }: Cluster,
  mark: Fingerprint,
  { docker, clock, signal }: { readonly docker: Docker; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  const startedMs = clock.nowMs();
  const killed = new Set<string>();
  for (;;) {
    signal.throwIfAborted();
    const extra = (await takeInventory(api)).filter(
      ({ path }) => mark[`${spec.name}: ${path}`] === undefined,
    );
    if (extra.length === 0) return;
    const passedMs = clock.nowMs() - startedMs;
    if (passedMs > EMPTY_WITHIN_MS) {
      throw new FiredrillError("RUN_STACK", `cluster "${spec.name}" could not be emptied`, {
        received: named(extra.map(({ path }) => path)),
        expected: `nothing left of the stack within ${EMPTY_WITHIN_MS / 1_000} s`,
      });
    }
    await Promise.all(dueNow(extra, passedMs > PODS_FIRST_MS).map((item) => remove(api, item)));
    await killPods(docker, dying(extra, killed));
    await clock.sleep(BETWEEN_LOOKS_MS, signal);
  }
}

/** What can be deleted now. Dependants go with their owners, and a namespace when the pods in it have ended. */
export function dueNow(extra: readonly Item[], podsHaveHadTheirTime: boolean): Item[] {
  const inhabited = new Set(
    extra.flatMap(({ resource, namespace }) => (resource === "pods" ? [namespace] : [])),
  );
  return extra.filter(({ resource, object: { metadata } }) => {
    if (metadata.deletionTimestamp !== undefined || metadata.ownerReferences !== undefined) return false;
    return resource !== "namespaces" || podsHaveHadTheirTime || !inhabited.has(metadata.name);
  });
}

/** Pods that are being deleted, each once. */
function dying(extra: readonly Item[], killed: Set<string>): Pod[] {
  const pods = extra
    .filter(
      ({ resource, object: { metadata } }) => resource === "pods" && metadata.deletionTimestamp !== undefined,
    )
    .map(({ object }) => object as Pod)
    .filter(({ metadata, spec }) => spec.nodeName !== undefined && !killed.has(metadata.uid));
  for (const { metadata } of pods) killed.add(metadata.uid);
  return pods;
}

async function remove(api: KubeApi, { path }: Item): Promise<void> {
  try {
    await api.delete(path);
  } catch (error) {
    // Gone meanwhile, or just changed: the next look tells.
    if (!(error instanceof KubeRefusal) || ![404, 409].includes(error.status)) throw error;
  }
}
