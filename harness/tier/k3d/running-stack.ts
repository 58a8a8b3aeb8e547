import type Docker from "dockerode";
import { FiredrillError } from "../../error.ts";
import type { Emit } from "../../events/vocabulary.ts";
import type { Injector } from "../../fault/injector.ts";
import { mockOf } from "../../fault/mock/mock-of.ts";
import { LABEL_RUN, LABEL_TRIAL } from "../../stack/labels.ts";
import type { StackSpec } from "../../stack/spec.ts";
import type { Clock } from "../../time/clock.ts";
import { readCounters } from "../compose/gateway/counters.ts";
import type { Gateway } from "../compose/gateway/run-gateway.ts";
import { openTunnel } from "../compose/gateway/tunnel.ts";
import { exchange } from "../compose/http-exchange.ts";
import { runShell, type ShellSurroundings } from "../compose/shell.ts";
import type { RunningStack, ServiceState } from "../tier.ts";
import type { Cluster } from "./cluster/cluster.ts";
import { k3dAudit, k3dInjectors, k3dUndo } from "./faults/index.ts";
import { locator } from "./faults/locate.ts";
import type { RouteFollower } from "./gateway/follow-routes.ts";
import { serviceLogs } from "./logs.ts";
import { clusterFingerprint } from "./watch/fingerprint.ts";
import { serviceStateOf } from "./watch/judge-service.ts";
import { answerTruth } from "./watch/truth.ts";
import type { ClusterWatch } from "./watch/watch-clusters.ts";

/** Everything `up` has made and found. */
export interface StackParts {
  readonly docker: Docker;
  readonly spec: StackSpec;
  readonly clock: Clock;
  readonly runId: string;
  readonly trial: number;
  readonly clusters: readonly Cluster[];
  readonly gateway: Gateway;
  readonly follower: RouteFollower;
  readonly watch: ClusterWatch;
  readonly shell: ShellSurroundings;
  readonly toolboxImage: string;
  readonly emit: Emit;
  readonly kept: boolean;
  /** Removes all that is the stack's. */
  readonly removeAll: () => Promise<void>;
  /** Takes the stack away and leaves its clusters; null: nobody wants them. */
  readonly leaveWarm: (() => Promise<void>) | null;
  /** What this process holds open: watches, ways to the APIs. */
  readonly open: AsyncDisposable;
}

/** A stack on real clusters that is up. */
export function k3dStack(parts: StackParts): RunningStack {
  const { docker, spec, clock, runId, trial, clusters, gateway, watch } = parts;
  const labels = { [LABEL_RUN]: runId, [LABEL_TRIAL]: String(trial) };
  const locate = locator(spec, clusters);
  let disposed = false;
  const close = async (then: (() => Promise<void>) | null) => {
    if (disposed) return;
    disposed = true;
    await parts.open[Symbol.asyncDispose]();
    await then?.();
  };
  return {
    tier: "k3d",
    spec,
    clock,
    state: async (service) => stateOf(service, watch),
    request: async (request) =>
      answerTruth(request, watch) ??
      exchange(request, (service, port, signal) => openTunnel(gateway.controlPort, service, port, signal)),
    runShell: (step) => runShell(step, parts.shell),
    logs: (service) => serviceLogs(service, spec, clusters),
    injectors: noting(
      k3dInjectors({
        docker,
        runId,
        clock,
        cluster: (name) => clusterNamed(name, clusters),
        locate,
        mockOf: (service) => mockOf(spec, service),
        toolboxImage: parts.toolboxImage,
        emit: parts.emit,
      }),
      watch,
    ),
    undo: (action) => k3dUndo(docker, action),
    audit: (action) => k3dAudit(docker, action),
    fingerprint: () => clusterFingerprint(clusters, docker, labels),
    outsideAttempts: () => outsideAttempts(parts),
    ...(parts.leaveWarm === null ? {} : { leaveWarm: () => close(parts.leaveWarm) }),
    [Symbol.asyncDispose]: () => close(parts.kept ? null : parts.removeAll),
  };
}

function clusterNamed(name: string, clusters: readonly Cluster[]): Cluster {
  const found = clusters.find(({ spec }) => spec.name === name);
  if (found) return found;
  throw new FiredrillError("BUG", `no cluster "${name}" is up`);
}

/** The state of a service by its pods. While nothing is known of them it counts as restarting: it has not been seen to run. */
function stateOf(service: string, watch: ClusterWatch): ServiceState {
  const pods = watch.pods(service);
  const state = serviceStateOf(pods)?.state ?? "restarting";
  const oomKilled = state !== "running" && pods.some(({ detail }) => detail.includes("OOMKilled"));
  return { service, state, exitCode: null, oomKilled };
}

/** Every fault tells the watch that heartbeats from before it prove nothing any more. */
function noting(injectors: RunningStack["injectors"], watch: ClusterWatch): RunningStack["injectors"] {
  const noted = (injector: Injector): Injector => ({
    ...injector,
    async prepare(fault) {
      const prepared = await injector.prepare(fault);
      return {
        ...prepared,
        async apply() {
          watch.noteInjection();
          await prepared.apply();
          watch.noteInjection();
        },
      };
    },
  });
  return Object.fromEntries(Object.entries(injectors).map(([kind, injector]) => [kind, noted(injector)]));
}

/** What the gateway's sink was asked, and what the nodes have refused. */
async function outsideAttempts({ gateway, follower }: StackParts) {
  const [seen, nodes] = await Promise.all([readCounters(gateway), follower.countOutside()]);
  const listed = Object.entries(seen.names).map(([name, count]) => `${name} (${count})`);
  const connections = total(seen.connections);
  return {
    attempts: total(seen.names) + connections + nodes.attempts,
    detail: [
      listed.length === 0 ? "no outside names asked for" : `outside names asked for: ${listed.join(", ")}`,
      `${connections} connections to the sink`,
      nodes.detail,
    ].join("; "),
  };
}

const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);
