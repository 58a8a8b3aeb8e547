import type Docker from "dockerode";
import type { ServiceSpec } from "../../../stack/spec.ts";
import type { Clock } from "../../../time/clock.ts";
import { followEngine } from "../../compose/engine-stream.ts";
import type { Toolbox } from "../../compose/faults/toolbox.ts";
import type { OutsideTally } from "../../compose/outside.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { keepFresh, oneAtATime } from "./keep-fresh.ts";
import { countOutside } from "./outside.ts";
import { prepareNode } from "./prepare-node.ts";
import { HEADLESS_SLICES, readServices, runningNodes, SERVICES, type RunningNode } from "./read-routes.ts";
import type { Routes, ServiceRoute } from "./routes.ts";

const BETWEEN_WATCHES_MS = 1_000;

export interface RouteSources {
  readonly docker: Docker;
  readonly clusters: readonly Cluster[];
  /** Name of the network that the clusters and the gateway share. */
  readonly network: string;
  readonly services: readonly ServiceSpec[];
  /** For helpers; its image has `sh` and `iptables`. */
  readonly toolbox: Toolbox;
  /** IPv4 ranges that are not outside: pods, Services, the clusters' network. */
  readonly inner: readonly string[];
  readonly setRoutes: (routes: Routes) => Promise<void>;
  readonly clock: Clock;
  /** Called for each node that joins after the first look, e.g. one that replaces a lost one. */
  readonly onNewNode: (node: RunningNode) => Promise<void>;
}

/** Keeps the gateway and the nodes' ways out up to date while nodes and Services come and go. */
export interface RouteFollower {
  /** Asks all clusters and returns when the gateway knows; for those who cannot wait. @throws KubeSilence, KubeRefusal, RUN_STACK */
  refresh(): Promise<void>;
  /** Attempts of nodes and pods to reach anything outside, of every node since it last came up. */
  countOutside(): Promise<OutsideTally>;
  stop(): Promise<void>;
}

/**
 * Tells the gateway all nodes and services and prepares every node before it returns; then follows. What one cluster's API
 * does not answer stays as it was last known, and what the engine says of nodes is passed on meanwhile.
 * @throws KubeSilence, KubeRefusal, RUN_STACK, RUN_FAULT
 */
export async function followRoutes(sources: RouteSources): Promise<RouteFollower> {
  const { docker, clusters, network, services, toolbox, inner, clock } = sources;
  const stopping = new AbortController();
  const known = new Map<string, readonly ServiceRoute[]>();
  const prepared = new Set<string>();
  /** By name, so that a node that comes back is no new one; null before the first look. */
  let seen: ReadonlySet<string> | null = null;
  let nodes: readonly RunningNode[] = [];

  const tell = () =>
    sources.setRoutes({
      nodes: nodes.map(({ cluster, name, address }) => ({ cluster, name, address })),
      services: [...known.values()].flat(),
    });
  const readNodes = oneAtATime(async () => {
    nodes = await runningNodes(docker, clusters, network);
    await tell();
    const before = seen;
    seen = new Set([...(before ?? []), ...nodes.map(({ name }) => name)]);
    const joined = before === null ? [] : nodes.filter(({ name }) => !before.has(name));
    await Promise.all(joined.map((node) => sources.onNewNode(node)));
    const fresh = nodes.filter(({ containerId }) => !prepared.has(containerId));
    await Promise.all(
      fresh.map(async ({ containerId }) => {
        // Before the work: a node that is started again meanwhile must be prepared again.
        prepared.add(containerId);
        await prepareNode(toolbox, containerId, inner).catch((error: unknown) => {
          prepared.delete(containerId);
          throw error;
        });
      }),
    );
  });
  const readers = clusters.map((cluster) => ({
    cluster,
    read: oneAtATime(async () => {
      known.set(cluster.spec.name, await readServices(cluster, services));
      await tell();
    }),
  }));

  const nodesFresh = keepFresh(readNodes, clock, stopping.signal);
  // Listening before the first look, so that nothing is missed in between.
  const engine = await followEngine(
    docker,
    // Several values of one kind mean "or", so each cluster's events come by its nodes' common label and are sorted out here.
    { label: ["app=k3d"], event: ["start", "die", "destroy"] },
    ({ Action, Actor }) => {
      if (!clusters.some(({ id }) => id === Actor?.Attributes?.["k3d.cluster"])) return;
      if (Action !== "destroy") prepared.delete(Actor?.ID ?? "");
      nodesFresh.wake();
    },
    clock,
  );
  const clustersFresh = readers.map(({ cluster, read }) => {
    const fresh = keepFresh(read, clock, stopping.signal);
    const watching = [SERVICES, HEADLESS_SLICES].map((path) =>
      watchAgain(cluster, path, fresh.wake, clock, stopping.signal),
    );
    return Promise.all([fresh.ended, ...watching]);
  });
  const stop = async () => {
    stopping.abort();
    await Promise.all([engine.stop(), nodesFresh.ended, ...clustersFresh]);
  };

  const refresh = async () => {
    await Promise.all([readNodes(), ...readers.map(({ read }) => read())]);
  };
  try {
    await refresh();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    refresh,
    countOutside: async () => countOutside(toolbox, await runningNodes(docker, clusters, network)),
    stop,
  };
}

/** Watches a list of a cluster, again whenever the stream has ended: the server may be down for as long as it likes. */
async function watchAgain(
  { api }: Cluster,
  path: string,
  changed: () => void,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await api.watch(path, changed, signal).catch(() => undefined);
    await clock.sleep(BETWEEN_WATCHES_MS, signal);
  }
}
