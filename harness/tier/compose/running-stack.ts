import { FiredrillError } from "../../error.ts";
import { LABEL_RUN, LABEL_TRIAL } from "../../stack/labels.ts";
import type { Clock } from "../../time/clock.ts";
import type { RunningStack } from "../tier.ts";
import { containerFace, type ContainerFaceParts } from "./container-face.ts";
import { serviceContainers } from "./containers.ts";
import { removeRun } from "./down.ts";
import type { EngineStream } from "./engine-stream.ts";
import { labelledFingerprint } from "./fingerprint.ts";
import { readCounters } from "./gateway/counters.ts";
import type { Gateway } from "./gateway/run-gateway.ts";
import { sinkTally } from "./gateway/sink-tally.ts";
import { openTunnel } from "./gateway/tunnel.ts";
import { exchange } from "./http-exchange.ts";
import { addressAttempts } from "./outside.ts";
import { runShell, type ShellSurroundings } from "./shell.ts";

/** Everything `up` has made and found. */
export interface StackParts extends Omit<ContainerFaceParts, "find"> {
  readonly clock: Clock;
  readonly trial: number;
  readonly project: string;
  readonly gateway: Gateway;
  readonly networkNames: readonly string[];
  readonly shell: ShellSurroundings;
  readonly watch: EngineStream;
  readonly kept: boolean;
}

/** A stack of real containers that is up. */
export function composeStack(parts: StackParts): RunningStack {
  const { docker, spec, clock, runId, trial, project, gateway } = parts;
  const labels = { [LABEL_RUN]: runId, [LABEL_TRIAL]: String(trial) };
  let disposed = false;
  return {
    ...containerFace({ ...parts, find: () => serviceContainers(docker, project) }),
    tier: "compose",
    spec,
    clock,
    request: (request) =>
      exchange(request, (service, port, signal) => openTunnel(gateway.controlPort, service, port, signal)),
    runShell: (step) => runShell(step, parts.shell),
    fingerprint: () => labelledFingerprint(docker, labels),
    outsideAttempts: () => outsideAttempts(parts, labels),
    async [Symbol.asyncDispose]() {
      if (disposed) return;
      disposed = true;
      await parts.watch.stop();
      if (!parts.kept) await removeRun(docker, clock, runId, trial);
    },
  };
}

/** What the gateway's sink was asked, and what the kernel has refused. */
async function outsideAttempts(parts: StackParts, labels: Readonly<Record<string, string>>) {
  const { docker, project, gateway, toolboxImage } = parts;
  const [seen, addresses] = await Promise.all([
    readCounters(gateway),
    addressAttempts({
      docker,
      toolboxImage,
      labels,
      containers: await serviceContainers(docker, project),
      networkIds: await networkIds(parts),
    }),
  ]);
  const sink = sinkTally(seen);
  return {
    attempts: sink.attempts + addresses.attempts,
    detail: `${sink.detail}; ${addresses.detail}`,
  };
}

async function networkIds({ docker, networkNames }: StackParts): Promise<string[]> {
  const all = await docker.listNetworks();
  const ids = networkNames.map((name) => all.find((network) => network.Name === name)?.Id);
  const found = ids.filter((id) => id !== undefined);
  if (found.length === ids.length) return found;
  throw new FiredrillError("RUN_STACK", "a network of the stack is gone", {
    expected: networkNames.join(", "),
  });
}
