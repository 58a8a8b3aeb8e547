import type Docker from "dockerode";
import { FiredrillError } from "../../../error.ts";
import { LABEL_PART } from "../../../stack/labels.ts";
import type { Clock } from "../../../time/clock.ts";
import type { GatewayConfig } from "./gateway.ts";
import { demultiplex } from "../containers.ts";
import { readCounters } from "./counters.ts";

/** Ports inside the gateway's container; outside, the engine chooses free ones on the loopback. */
const CONTROL_PORT = 19_000;
const FIRST_FORWARD_PORT = 20_000;
const UP_WITHIN_MS = 30_000;

export interface GatewayPlan {
  /** Prefix of the names of what is made: the Compose project, or the trial's prefix. */
  readonly project: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Has Node on its path. */
  readonly image: string;
  /** Names of the stack's networks, which exist already. */
  readonly networks: readonly string[];
  readonly services: readonly { readonly name: string; readonly ports: readonly number[] }[];
  /** Aliases, host names and the like, besides the services' names. */
  readonly innerNames: readonly string[];
}

/** What runs in the container, once it is told its ports and services. */
export interface GatewayProgram {
  readonly command: readonly string[];
  readonly env: (config: GatewayConfig) => readonly string[];
  readonly hostConfig: Docker.HostConfig;
}

/** The gateway of a stack that is up; its ports stay the same as long as it lives. */
export interface Gateway {
  readonly controlPort: number;
  /** `service:port` → port on 127.0.0.1. */
  readonly forwards: ReadonlyMap<string, number>;
  /** Network name → the gateway's address there: the sink for that network's containers. */
  readonly addresses: ReadonlyMap<string, string>;
}

/**
 * Makes the gateway's container, attached to every network of the stack and to an ordinary network of its own,
 * without which the engine publishes no ports. @throws RUN_STACK when it does not answer in time.
 */
export async function runGateway(
  docker: Docker,
  plan: GatewayPlan,
  program: GatewayProgram,
  clock: Clock,
  signal: AbortSignal,
): Promise<Gateway> {
  const labels = { ...plan.labels, [LABEL_PART]: "gateway" };
  const forwards = plan.services
    .flatMap(({ name, ports }) => ports.map((port) => ({ service: name, port })))
    .map((forward, index) => ({ ...forward, listen: FIRST_FORWARD_PORT + index }));
  const config: GatewayConfig = {
    controlPort: CONTROL_PORT,
    forwards,
    services: plan.services.map(({ name }) => name),
    innerNames: [...plan.services.map(({ name }) => name), ...plan.innerNames],
    sink: { dnsPort: 53, tcpPorts: [80, 443] },
  };
  const ports = [CONTROL_PORT, ...forwards.map(({ listen }) => listen)].map((port) => `${port}/tcp`);
  const outer = await docker.createNetwork({
    Name: `${plan.project}_gateway`,
    Driver: "bridge",
    Labels: labels,
  });
  const container = await docker.createContainer({
    name: `${plan.project}-gateway`,
    Image: plan.image,
    Entrypoint: [],
    Cmd: [...program.command],
    Env: [...program.env(config), "NODE_NO_WARNINGS=1"],
    Labels: labels,
    ExposedPorts: Object.fromEntries(ports.map((port) => [port, {}])),
    HostConfig: {
      ...program.hostConfig,
      NetworkMode: outer.id,
      // What Docker's DNS does not know it asks here: our own sink, which knows no outside for us.
      Dns: ["127.0.0.1"],
      DnsSearch: ["."],
      PortBindings: Object.fromEntries(ports.map((port) => [port, [{ HostIp: "127.0.0.1", HostPort: "" }]])),
    },
  });
  for (const network of plan.networks) await docker.getNetwork(network).connect({ Container: container.id });
  await container.start();
  const { NetworkSettings } = await container.inspect();
  const hostPort = (port: number) => Number(NetworkSettings.Ports[`${port}/tcp`]?.[0]?.HostPort);
  const gateway: Gateway = {
    controlPort: hostPort(CONTROL_PORT),
    forwards: new Map(forwards.map(({ service, port, listen }) => [`${service}:${port}`, hostPort(listen)])),
    addresses: new Map(plan.networks.map((name) => [name, NetworkSettings.Networks[name]?.IPAddress ?? ""])),
  };
  await untilItAnswers(container, gateway, clock, signal);
  return gateway;
}

async function untilItAnswers(
  container: Docker.Container,
  gateway: Gateway,
  clock: Clock,
  signal: AbortSignal,
) {
  const startedMs = clock.nowMs();
  for (;;) {
    if (signal.aborted) throw new FiredrillError("RUN_INTERRUPTED", "interrupted while the gateway started");
    try {
      await readCounters(gateway);
      return;
    } catch (error) {
      const { State } = await container.inspect();
      if (State.Running && clock.nowMs() - startedMs < UP_WITHIN_MS) {
        await clock.sleep(20, signal);
        continue;
      }
      const log = await container.logs({ stdout: true, stderr: true, tail: 20 });
      throw new FiredrillError("RUN_STACK", "the stack's gateway did not start", {
        received: `${State.Status}, exit code ${State.ExitCode}: ${demultiplex(log).slice(-1_000)}`,
        expected: `an answer within ${UP_WITHIN_MS / 1_000} s`,
        cause: error,
      });
    }
  }
}
