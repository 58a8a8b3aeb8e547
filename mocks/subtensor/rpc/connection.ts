import type { MockWorld } from "../../core/mock.ts";
import { ALPHANUMERIC, randomText } from "../../core/random.ts";
import type { WebSocketConnection } from "../../core/tcp.ts";
import { RpcError } from "./errors.ts";
import type { Subscriptions } from "./method.ts";
import type { RpcServer } from "./server.ts";
import type { Ticker } from "./ticker.ts";

/** As jsonrpsee has it: `--rpc-max-subscriptions-per-connection`. */
const MAX_SUBSCRIPTIONS = 1_024;
const ID_LENGTH = 16;

/** One WebSocket: its messages, its subscriptions, and the faults that concern it. */
export function openConnection(
  world: MockWorld,
  server: RpcServer,
  ticker: Ticker,
  connection: WebSocketConnection,
): void {
  const { number, subject } = connection;
  const gone = new AbortController();
  const ids = world.random(`subscriptions/${number}`);
  const open = new Map<string, () => void>();
  /** Half open: nothing comes out of it any more. */
  let dead = false;
  let over = false;
  /** Subscriptions begin when the answer with their id has gone out. */
  let starting: (() => void)[] = [];

  const send = (text: string) => {
    if (over) return;
    dead ||= world.faults.take("ws.halfOpen", subject) !== null;
    if (!dead) connection.send(text);
  };
  /** True: the connection is gone. */
  const dropped = (): boolean => {
    const fault = world.faults.take("ws.drop", subject);
    if (fault === null) return false;
    const code = fault.params["code"];
    if (code === undefined) connection.reset();
    else connection.close(Number(code), "");
    return true;
  };
  const notify = (method: string, subscription: string, result: unknown) => {
    if (!open.has(subscription) || world.faults.take("subscription.silent", subject) !== null || dropped())
      return;
    send(JSON.stringify({ jsonrpc: "2.0", method, params: { subscription, result } }));
  };

  const subscriptions: Subscriptions = {
    open(method, start) {
      if (open.size >= MAX_SUBSCRIPTIONS)
        throw new RpcError(-32_006, "Too many subscriptions on the connection");
      const id = randomText(ids, ID_LENGTH, ALPHANUMERIC);
      open.set(id, () => {});
      const leave = ticker.join();
      starting.push(() => {
        if (!open.has(id)) return leave();
        const stop = start((result) => notify(method, id, result));
        if (!open.has(id)) stop();
        else
          open.set(id, () => {
            stop();
            leave();
          });
      });
      return id;
    },
    close(id) {
      const stop = open.get(id);
      open.delete(id);
      stop?.();
      return stop !== undefined;
    },
  };

  const hear = async (text: string) => {
    if (dead || dropped()) return;
    const reply = await server.answer(text, { subject, transport: "ws", subscriptions, signal: gone.signal });
    const started = starting;
    starting = [];
    if (reply !== null) send(reply);
    for (const start of started) start();
  };

  connection.onMessage((text) => {
    hear(text).catch((error: unknown) => {
      world.note("mock.failed", { n: number, error: error instanceof Error ? error.message : String(error) });
      connection.reset();
    });
  });
  connection.onClose(() => {
    over = true;
    gone.abort();
    for (const id of open.keys()) subscriptions.close(id);
  });
}
