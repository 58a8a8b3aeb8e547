import type Docker from "dockerode";
import { LABEL_PART, LABEL_RUN, LABEL_TRIAL } from "../../../stack/labels.ts";
import type { ClusterSpec } from "../../../stack/spec.ts";
import type { Clock } from "../../../time/clock.ts";
import { removeLabelled } from "../../compose/down.ts";
import type { Fingerprint, UpContext } from "../../tier.ts";
import { openTrial, type StandingClusters } from "./create.ts";
import { differencesFrom, type Ground, named } from "./pristine.ts";
import { resetCluster } from "./reset.ts";
import type { ToolPaths } from "./run-tool.ts";
import { together } from "./together.ts";

/** Clusters of a run that wait for its next trial. */
export interface WarmClusters {
  /** The trial that made them: names and labels are its own for good. */
  readonly trial: number;
  readonly standing: StandingClusters;
  /** What they were made of before anything was installed. */
  readonly mark: Fingerprint;
}

type Left = { readonly warm: WarmClusters } | { readonly failure: string };

/** By run. Only this process can go on with them; after its death they are removed like all else. */
const left = new Map<string, Left>();

/** The clusters are not what they were, or could not be looked at. */
class NotPristine extends Error {
  override readonly name = "NotPristine";
}

/**
 * Calls `bringUp` with the clusters that the trial before has left, under that trial's number, and if they turn out not to be
 * pristine again with none. `bringUp` removes what there is when it fails. What became of warm clusters is told.
 */
export async function onWarmOrNew<Stack>(
  context: UpContext,
  bringUp: (context: UpContext, warm: WarmClusters | null) => Promise<Stack>,
): Promise<Stack> {
  const found = left.get(context.runId);
  left.delete(context.runId);
  const anew = (detail: string) => {
    context.emit({ kind: "stack.reused", pristine: false, detail });
    return bringUp(context, null);
  };
  if (found === undefined) return bringUp(context, null);
  if ("failure" in found) return anew(found.failure);
  try {
    return await bringUp({ ...context, trial: found.warm.trial }, found.warm);
  } catch (error) {
    if (error instanceof NotPristine && !context.signal.aborted) return anew(error.message);
    throw error;
  }
}

/** Does the work that comes before the proof: on warm clusters, that it fails says that they are not pristine. */
export async function beforeProof<T>(warm: WarmClusters | null, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (warm === null || error instanceof NotPristine) throw error;
    throw new NotPristine(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Compares warm clusters with their mark, and says that they are pristine or throws what differs. */
export async function provePristine(
  mark: Fingerprint,
  ground: Ground,
  emit: UpContext["emit"],
): Promise<void> {
  const found = await differencesFrom(mark, ground);
  if (found.length > 0) throw new NotPristine(named(found));
  emit({
    kind: "stack.reused",
    pristine: true,
    detail: `${Object.keys(mark).length} objects and states as before the first trial's installation`,
  });
}

export interface LeaveInput {
  readonly docker: Docker;
  readonly tools: ToolPaths;
  readonly specs: readonly ClusterSpec[];
  readonly runId: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Removes everything of the trial that made the clusters. */
  readonly removeAll: () => Promise<void>;
}

/**
 * Takes the stack off its clusters, and the gateway away, and leaves the clusters to the run's next trial. When that fails or
 * the run is interrupted everything is removed. @throws RUN_STACK when even that fails
 */
export async function leaveWarm(warm: WarmClusters, input: LeaveInput): Promise<void> {
  const { docker, tools, specs: clusters, runId, clock, signal, removeAll } = input;
  const { trial, standing, mark } = warm;
  try {
    await using open = await openTrial({ tools, clusters, runId, trial }, standing);
    await together(open.clusters, signal, (cluster, within) =>
      resetCluster(cluster, mark, { docker, clock, signal: within }),
    );
    const gateway = { [LABEL_RUN]: runId, [LABEL_TRIAL]: String(trial), [LABEL_PART]: "gateway" };
    await removeLabelled(docker, clock, gateway);
    signal.throwIfAborted();
    left.set(runId, { warm });
  } catch (error) {
    await removeAll();
    left.set(runId, { failure: error instanceof Error ? error.message : String(error) });
  }
}
