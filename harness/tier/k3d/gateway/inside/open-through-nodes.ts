import type { Socket } from "node:net";
import { connectTo, failureOf, type Open } from "../../../compose/gateway/gateway.ts";
import type { Routes } from "../routes.ts";
import { isAnswer, nodesInTurn } from "./choose-node.ts";
import type { NodeHealth } from "./node-health.ts";

/** A connection within a cluster takes a few milliseconds; after this much silence the node itself is asked. */
const SILENT_AFTER_MS = 300;

export interface WayIn {
  readonly routes: () => Routes;
  readonly health: NodeHealth;
  /** The source address whose packets go to this node, or null when there is none. */
  readonly source: (nodeAddress: string) => string | null;
}

/** Connects to services through their cluster's nodes. */
export function openThroughNodes({ routes, health, source }: WayIn): Open {
  let turn = 0;
  return async (service, port) => {
    const { nodes, services } = routes();
    const found = services.find(({ name }) => name === service);
    turn++;
    const target = found?.targets[turn % found.targets.length];
    if (found === undefined || target === undefined) throw coded("ENOTFOUND", `no address for ${service}`);
    const candidates = nodes
      .filter(({ cluster, name }) => cluster === found.cluster && (target.node ?? name) === name)
      .map(({ address }) => ({ address, healthy: health.isHealthy(address) }));
    let last: unknown = coded("EHOSTUNREACH", "the nodes that lead there are down");
    for (const { address } of nodesInTurn(candidates, turn)) {
      const localAddress = source(address);
      if (localAddress === null) continue;
      const outcome = await tryNode({ host: target.address, port, localAddress }, () =>
        health.check(address),
      );
      if (outcome.socket !== null) return outcome.socket;
      last = outcome.error;
      if (outcome.final) break;
    }
    throw last;
  };
}

type Attempt =
  { readonly socket: Socket } | { readonly socket: null; readonly error: unknown; readonly final: boolean };

/** Waits as long as a client would, unless the node turns out to be dead. */
async function tryNode(
  to: { readonly host: string; readonly port: number; readonly localAddress: string },
  nodeAnswers: () => Promise<boolean>,
): Promise<Attempt> {
  const dead = new AbortController();
  const suspicion = setTimeout(() => {
    void nodeAnswers().then((answers) => answers || dead.abort());
  }, SILENT_AFTER_MS);
  try {
    return { socket: await connectTo(to, dead.signal) };
  } catch (error) {
    const failure = failureOf(error);
    // The node is asked only where it matters.
    const final =
      isAnswer(failure, false) || (!dead.signal.aborted && isAnswer(failure, await nodeAnswers()));
    return { socket: null, error, final };
  } finally {
    clearTimeout(suspicion);
  }
}

const coded = (code: string, message: string): Error => Object.assign(new Error(message), { code });
