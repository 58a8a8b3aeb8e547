import { readFileSync } from "node:fs";
import { FiredrillError } from "../../../error.ts";
import type { Confirmation, FaultParams, ResolvedFault } from "../../../fault/injector.ts";
import { serviceAddresses } from "./addresses.ts";
import type { ComposeFaultContext } from "./context.ts";
import type { HeldRules } from "./held-rules.ts";
import { LISTENERS, type Listener, readListeners } from "./listeners.ts";
import type { LaneOptions, PathProxyOptions, PathProxyReport } from "./path-proxy.ts";
import { addChains, type Chain, familyOf, removeRules } from "./rules.ts";
import type { Target } from "./target.ts";
import { inNetworkOf, succeeded, toolboxFor } from "./toolbox.ts";

/** Below the range from which kernels choose ports for connections (32768 and up on Linux). */
const PORT_FROM = 21_000;
const PORT_RANGE = 8_000;
/** Timers and a busy machine make it later, never earlier; rounding may. */
const TOLERANCE = 0.95;

/** A proxy for one target: what it listens on, and the rules that lead there. */
export interface ProxyPlan {
  readonly options: PathProxyOptions;
  readonly chains: readonly Chain[];
}

/** Finds the target's listening ports and plans a proxy for each; changes nothing. @throws RUN_FAULT without one */
export async function proxyPlan(
  context: ComposeFaultContext,
  fault: ResolvedFault,
  target: Target,
  token: string,
): Promise<ProxyPlan> {
  const toolbox = await toolboxFor(context, target.id);
  const found = await inNetworkOf(toolbox, target.id, ["node", "-e", LISTENERS]);
  const listeners = readListeners(succeeded("looking for listening ports", found));
  if (listeners.length === 0) {
    throw new FiredrillError(
      "RUN_FAULT",
      `"${target.service}" listens on no port, so ${fault.kind} has no path`,
    );
  }
  const peers = (await serviceAddresses(context, fault.peers)).filter((it) => familyOf(it) === "iptables");
  const [controlPort = 0, ...ports] = freePorts(token, listeners);
  const routes = listeners.map(({ host, port }, at) => ({ listen: ports[at] ?? 0, host, port }));
  const { params } = fault;
  const options: PathProxyOptions = {
    routes,
    controlPort,
    inbound: lane(params, params.direction !== "out"),
    outbound: lane(params, params.direction !== "in"),
    seed: Number.parseInt(token, 16),
  };
  return { options, chains: chainsFor(routes, fault.peers.length > 0 ? peers : [null]) };
}

function lane(params: FaultParams, used: boolean): LaneOptions {
  if (!used) return { delayMs: 0, jitterMs: 0, bytesPerSecond: null };
  return {
    delayMs: params.delayMs ?? 0,
    jitterMs: params.jitterMs ?? 0,
    bytesPerSecond: params.bytesPerSecond ?? null,
  };
}

function freePorts(token: string, listeners: readonly Listener[]): number[] {
  const taken = new Set(listeners.map(({ port }) => port));
  const first = PORT_FROM + (Number.parseInt(token, 16) % PORT_RANGE);
  return Array.from({ length: 2 * listeners.length + 1 }, (_, at) => first + at)
    .filter((port) => !taken.has(port))
    .slice(0, listeners.length + 1);
}

/**
 * New connections to the service's ports are led to the proxy. Those that were open before still go straight to the
 * service's own port, which a new one no longer reaches from outside: they are reset, so that nothing escapes.
 */
function chainsFor(routes: PathProxyOptions["routes"], peers: readonly (string | null)[]): Chain[] {
  const each = (end: (route: PathProxyOptions["routes"][number]) => string) =>
    routes.flatMap((route) =>
      peers.map((peer) => `${peer === null ? "" : `-s ${peer} `}-p tcp --dport ${route.port} ${end(route)}`),
    );
  return [
    {
      family: "iptables",
      hook: "PRE",
      rules: ["-i lo -j RETURN", ...each(({ listen }) => `-j REDIRECT --to-ports ${listen}`)],
    },
    {
      family: "iptables",
      hook: "IN",
      rules: ["-i lo -j RETURN", ...each(() => "-j REJECT --reject-with tcp-reset")],
    },
  ];
}

/** Starts the proxy beside the target; when it listens, leads the traffic there. However it ends, the rules go with it. */
export async function startProxy(
  held: HeldRules,
  { options, chains }: ProxyPlan,
  ttlMs: number,
): Promise<void> {
  const command = `timeout ${Math.ceil(ttlMs / 1_000)} "$@"; ${removeRules(held.token)}`;
  const program = ["node", `--input-type=${INPUT_TYPE}`, "-e", source(), JSON.stringify(options)];
  const untilItListens = `
attempt=0
until (exec 3<>/dev/tcp/127.0.0.1/${options.controlPort}) 2>/dev/null; do
  attempt=$((attempt + 1))
  [ "$attempt" -lt 150 ] || { echo "the proxy does not listen"; exit 1; }
  sleep 0.1
done`;
  // Only bash can try a connection by itself.
  const script = `bash -c '${untilItListens}'\n${addChains(held.token, chains)}`;
  await held.apply(`set -e\n${script}`, ["sh", "-c", command, "proxy", ...program]);
}

const INPUT_TYPE = import.meta.filename.endsWith(".ts") ? "module-typescript" : "module";

/** The proxy's file, with a last line that starts it. */
function source(): string {
  const file = new URL(
    `./path-proxy${import.meta.filename.endsWith(".ts") ? ".ts" : ".js"}`,
    import.meta.url,
  );
  const start = `
const options = JSON.parse(process.argv[1]);
await startPathProxy(options, { nowMs: () => performance.now(), random: quickRandom(options.seed) });`;
  return `${readFileSync(file, "utf8")}\n${start}`;
}

/** Asks the proxy to send something through itself. */
export async function proxyWorks(held: HeldRules, { options }: ProxyPlan): Promise<Confirmation> {
  const ask = `require("node:net").connect(${options.controlPort}, "127.0.0.1").end("?").pipe(process.stdout)`;
  const report = JSON.parse(await held.ask(["node", "-e", ask])) as PathProxyReport & { error?: string };
  if (report.error !== undefined) return { confirmed: false, evidence: `the proxy: ${report.error}` };
  const lanes = [options.inbound, options.outbound];
  const delaysMs = lanes.reduce((sum, it) => sum + it.delayMs - it.jitterMs, 0);
  // The echo answers while it still reads, so both directions carry at the same time.
  const carryingMs = lanes.map(({ bytesPerSecond }) => (report.bytes / (bytesPerSecond ?? Infinity)) * 1_000);
  const atLeastMs = delaysMs + Math.max(...carryingMs);
  const took = `${report.bytes} bytes took ${Math.round(report.elapsedMs)} ms through the proxy and back`;
  return { confirmed: report.elapsedMs >= atLeastMs * TOLERANCE, evidence: took };
}
