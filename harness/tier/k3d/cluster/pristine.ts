import type Docker from "dockerode";
import type { Clock } from "../../../time/clock.ts";
import type { Fingerprint } from "../../tier.ts";
import type { KubeNode } from "../api/objects.ts";
import { clusterFingerprint } from "../watch/fingerprint.ts";
import { takeInventory } from "../watch/inventory.ts";
import type { Cluster } from "./cluster.ts";

/** For Kubernetes to end what it is doing, such as offering a volume again. */
const SETTLED_WITHIN_MS = 30_000;
const BETWEEN_LOOKS_MS = 1_000;
const NAMED_DIFFERENCES = 3;

/** Where to look, and how long. */
export interface Ground {
  readonly docker: Docker;
  readonly clusters: readonly Cluster[];
  /** Of everything that the run has in the engine for these clusters. */
  readonly labels: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * What clusters are made of before anything is installed, once two looks in a row have seen the same: a new cluster still
 * makes itself. @throws KubeRefusal, KubeSilence, the signal's reason
 */
export async function settledMark(ground: Ground): Promise<Fingerprint> {
  let before = await lookAt(ground);
  return repeatedly(ground, async () => {
    const now = await lookAt(ground);
    const settled = differences(before, now).length === 0;
    before = now;
    return { done: settled, result: now };
  });
}

/** Empty when the clusters are, or soon become, what the mark says; else what differs. @throws like {@link settledMark} */
export async function differencesFrom(mark: Fingerprint, ground: Ground): Promise<readonly string[]> {
  return repeatedly(ground, async () => {
    const result = differences(mark, await lookAt(ground));
    return { done: result.length === 0, result };
  });
}

/** What was not there before, is not there any more, or is not the same. */
export function differences(before: Fingerprint, now: Fingerprint): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return names
    .filter((name) => before[name] !== now[name])
    .map((name) => `${name}: ${before[name] ?? "nothing"} → ${now[name] ?? "nothing"}`);
}

/** In a line, the first few of them. */
export function named(found: readonly string[]): string {
  const more = found.length - NAMED_DIFFERENCES;
  return `${found.slice(0, NAMED_DIFFERENCES).join("; ")}${more > 0 ? ` and ${more} more` : ""}`;
}

async function repeatedly<T>(
  { clock, signal }: Ground,
  look: () => Promise<{ readonly done: boolean; readonly result: T }>,
): Promise<T> {
  const untilMs = clock.nowMs() + SETTLED_WITHIN_MS;
  for (;;) {
    signal.throwIfAborted();
    const { done, result } = await look();
    if (done || clock.nowMs() >= untilMs) return result;
    await clock.sleep(BETWEEN_LOOKS_MS, signal);
  }
}

/** The fingerprint, and what it leaves out because it may differ within a trial: names of everything, conditions of nodes. */
async function lookAt({ clusters, docker, labels }: Ground): Promise<Fingerprint> {
  const [fingerprint, ...more] = await Promise.all([
    clusterFingerprint(clusters, docker, labels),
    ...clusters.map(async ({ spec, api }) => {
      const [items, nodes] = await Promise.all([takeInventory(api), api.list<KubeNode>("/api/v1/nodes")]);
      return Object.fromEntries([
        ...items.map(({ path }) => [`${spec.name}: ${path}`, "there"] as const),
        ...nodes.map(
          (node) => [`${spec.name}: conditions of ${node.metadata.name}`, conditionsOf(node)] as const,
        ),
      ]);
    }),
  ]);
  return Object.assign({}, ...more, fingerprint) as Fingerprint;
}

/** `Ready=True DiskPressure=False …`. */
function conditionsOf({ status: { conditions = [] } }: KubeNode): string {
  return conditions.map(({ type, status }) => `${type}=${status}`).join(" ");
}
