import type { Host } from "../../../../harness/service/host.ts";
import { parseObject } from "../../parts/router.ts";

/** The node answered with an error, or with something that is no answer. */
export class RpcError extends Error {
  override readonly name = "RpcError";
}

/** One JSON-RPC method of a node. @throws RpcError, RequestError */
export type Rpc = (method: string, params?: readonly unknown[]) => Promise<unknown>;

/** JSON-RPC 2.0 by HTTP POST. A node takes the same methods here as over its WebSocket, but for subscriptions. */
export function rpcOf(host: Host, url: string, timeoutMs: number): Rpc {
  let calls = 0;
  return async (method, params = []) => {
    const response = await host.request({
      method: "POST",
      url,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: ++calls, method, params }),
      timeoutMs,
    });
    const answer = parseObject(response.body);
    if (answer === null || !("result" in answer)) {
      const said = answer?.["error"] ?? response.body;
      throw new RpcError(`${method}: ${response.status} ${JSON.stringify(said).slice(0, 200)}`);
    }
    return answer["result"];
  };
}

/** The text in an answer. @throws RpcError */
export function textResult(method: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new RpcError(`${method}: no text`);
}
