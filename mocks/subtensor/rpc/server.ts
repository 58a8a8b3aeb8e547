import type { FaultSubject } from "../../core/mock.ts";
import { authorMethods } from "./author.ts";
import { chainMethods } from "./chain.ts";
import { invalidRequest, methodNotFound, parseError, RpcError } from "./errors.ts";
import { createGate } from "./gate.ts";
import type { Methods, Node, Params, Subscriptions } from "./method.ts";
import { stateMethods } from "./state.ts";
import { systemMethods } from "./system.ts";

/** More calls in one message are refused, as jsonrpsee does. */
const MAX_BATCH = 1_000;

export interface RpcServer {
  /** What a message is answered with; null: nothing, it held only notifications. */
  answer(text: string, client: RpcClient): Promise<string | null>;
}

/** Who sends a message. */
export interface RpcClient {
  readonly subject: FaultSubject;
  readonly transport: "http" | "ws";
  readonly subscriptions: Subscriptions | null;
  readonly signal: AbortSignal;
}

interface Reply {
  readonly jsonrpc: "2.0";
  readonly id: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: string };
}

export function createRpcServer(node: Node): RpcServer {
  const { world, chain } = node;
  const gate = createGate(world);
  const known: Methods = {
    ...systemMethods(node),
    ...chainMethods(node),
    ...stateMethods(node),
    ...authorMethods(node),
  };
  const methods: Methods = {
    ...known,
    rpc_methods: () => ({ methods: [...Object.keys(known), "rpc_methods"].toSorted() }),
  };

  const one = async (message: unknown, client: RpcClient): Promise<Reply | null> => {
    const call = readCall(message);
    if (call === null) return failure(null, invalidRequest());
    const { id, method, params } = call;
    const subject = subjectOf(client, method, params);
    world.note("rpc", { method, over: client.transport });
    try {
      await gate(subject, client.signal);
      chain.sync();
      const run = Object.hasOwn(methods, method) ? methods[method] : undefined;
      if (run === undefined) {
        world.unmodelled(method);
        throw methodNotFound();
      }
      const result = await run(params, {
        subscriptions: client.subscriptions,
        fault: (kind) => world.faults.take(kind, subject),
      });
      return id === undefined ? null : { jsonrpc: "2.0", id, result: result ?? null };
    } catch (error) {
      if (error instanceof RpcError) return failure(id ?? null, error);
      throw error;
    }
  };

  const batch = async (messages: readonly unknown[], client: RpcClient): Promise<Reply[]> => {
    const replies: Reply[] = [];
    for (const message of messages) {
      const reply = await one(message, client);
      if (reply !== null) replies.push(reply);
    }
    const fault = world.faults.take("partialBatch", subjectOf(client, "batch", []));
    return fault === null
      ? replies
      : replies.slice(0, Math.floor(replies.length * Number(fault.params["keep"])));
  };

  return {
    async answer(text, client) {
      const message = parsed(text);
      if (message === undefined) return JSON.stringify(failure(null, parseError()));
      if (!Array.isArray(message)) {
        const reply = await one(message, client);
        return reply === null ? null : JSON.stringify(reply);
      }
      if (message.length === 0 || message.length > MAX_BATCH)
        return JSON.stringify(failure(null, invalidRequest()));
      const replies = await batch(message, client);
      return replies.length === 0 ? null : JSON.stringify(replies);
    },
  };
}

function failure(id: unknown, { code, message, data }: RpcError): Reply {
  return { jsonrpc: "2.0", id, error: { code, message, ...(data === undefined ? {} : { data }) } };
}

/** Faults can be narrowed to a method, by the label `method` or `match.path`, and to a runtime API's by the label `api`. */
function subjectOf({ subject, transport }: RpcClient, method: string, params: Params): FaultSubject {
  return {
    ...subject,
    labels: {
      ...subject.labels,
      method,
      transport,
      api: method.startsWith("state_call") ? String(params[0]) : "",
    },
    path: `/${method}`,
    text: () => JSON.stringify(params),
  };
}

/** Undefined: no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readCall(message: unknown): { id: unknown; method: string; params: Params } | null {
  if (typeof message !== "object" || message === null) return null;
  const { id, method, params = [] } = message as { id?: unknown; method?: unknown; params?: unknown };
  if (typeof method !== "string" || (params !== null && !Array.isArray(params))) return null;
  return { id, method, params: (params as Params | null) ?? [] };
}
