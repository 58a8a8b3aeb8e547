/**
 * Engine.IO protocol 4 (socketio/engine.io-protocol): a message over WebSocket is one digit and its payload.
 */
export const ENGINE = {
  open: "0",
  close: "1",
  ping: "2",
  pong: "3",
  message: "4",
  upgrade: "5",
  noop: "6",
} as const;

/** ms; the defaults of python-engineio, which the validator runs on. */
export const PING_INTERVAL_MS = 25_000;
export const PING_TIMEOUT_MS = 20_000;
/** Bytes that a client may send at once, ditto. */
export const MAX_PAYLOAD = 1_000_000;

/** The server's first packet. */
export function openPacket(sid: string): string {
  return (
    ENGINE.open +
    JSON.stringify({
      sid,
      upgrades: [],
      pingTimeout: PING_TIMEOUT_MS,
      pingInterval: PING_INTERVAL_MS,
      maxPayload: MAX_PAYLOAD,
    })
  );
}

/** Null: no Engine.IO. */
export function parseEngine(message: string): { readonly type: string; readonly payload: string } | null {
  const type = message[0];
  return type !== undefined && type >= "0" && type <= "6" ? { type, payload: message.slice(1) } : null;
}

/** How the server refuses a request that comes not by WebSocket; null: an Engine.IO of that version is welcome. */
export function refusalOf(search: string): string | null {
  const query = new URLSearchParams(search);
  if (query.get("EIO") !== "4")
    return "The client is using an unsupported version of the Socket.IO or Engine.IO protocols";
  return query.get("transport") === "websocket" ? null : "Invalid transport";
}
