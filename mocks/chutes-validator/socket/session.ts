import type { MockTime } from "../../core/mock.ts";
import type { WebSocketConnection } from "../../core/tcp.ts";
import {
  ENGINE,
  MAX_PAYLOAD,
  openPacket,
  parseEngine,
  PING_INTERVAL_MS,
  PING_TIMEOUT_MS,
} from "./engine-io.ts";
import { eventOf, parseSocket, SOCKET, socketPacket } from "./socket-io.ts";
import type { SocketPacket } from "./socket-io.ts";

/** One client of the channel: its WebSocket with Engine.IO and Socket.IO on it. */
export interface Session {
  /** Socket.IO's, shown at CONNECT. */
  readonly sid: string;
  isConnected(): boolean;
  emit(event: string, data: unknown): void;
  /** Ends the Socket.IO session; the client closes the rest, as with python-socketio. */
  disconnect(): void;
  /** Ends the connection: with a reset, or with a closing handshake. */
  drop(how: "rst" | "close"): void;
}

export interface SessionEvents {
  /** Returns what an acknowledgement shows. */
  onEvent(session: Session, name: string, args: readonly unknown[]): unknown;
  onEnd(session: Session): void;
}

export function openSession(
  clock: MockTime,
  connection: WebSocketConnection,
  ids: { readonly engine: string; readonly socket: string },
  events: SessionEvents,
): Session {
  const gone = new AbortController();
  let connected = false;
  let pong = new AbortController();

  const session: Session = {
    sid: ids.socket,
    isConnected: () => connected,
    emit(event, data) {
      if (connected) connection.send(socketPacket(SOCKET.event, [event, data]));
    },
    disconnect() {
      if (!connected) return;
      connected = false;
      connection.send(socketPacket(SOCKET.disconnect));
      events.onEnd(session);
    },
    drop(how) {
      if (how === "rst") connection.reset();
      else connection.close(1001, "going away");
    },
  };

  const onSocketPacket = (packet: SocketPacket) => {
    const { type, namespace, ackId } = packet;
    if (type === SOCKET.connect && namespace !== "/")
      return connection.send(socketPacket(SOCKET.connectError, "Unable to connect", { namespace }));
    if (type === SOCKET.connect) {
      connected = true;
      return connection.send(socketPacket(SOCKET.connect, { sid: ids.socket }));
    }
    if (!connected) return;
    if (type === SOCKET.disconnect) {
      connected = false;
      return events.onEnd(session);
    }
    const event = eventOf(packet);
    if (event === null) return;
    const result = events.onEvent(session, event.name, event.args);
    if (ackId !== null) connection.send(socketPacket(SOCKET.ack, [result], { ackId }));
  };

  const heartbeat = async () => {
    while (!gone.signal.aborted) {
      await clock.sleep(PING_INTERVAL_MS, gone.signal);
      if (gone.signal.aborted) return;
      pong = new AbortController();
      connection.send(ENGINE.ping);
      await clock.sleep(PING_TIMEOUT_MS, AbortSignal.any([pong.signal, gone.signal]));
      if (!pong.signal.aborted) return connection.close(1000, "ping timeout");
    }
  };

  connection.onClose(() => {
    gone.abort();
    if (connected) events.onEnd(session);
    connected = false;
  });
  connection.onMessage((message) => {
    const packet = message.length > MAX_PAYLOAD ? null : parseEngine(message);
    if (packet === null || packet.type === ENGINE.close) return connection.close(1000, "");
    if (packet.type === ENGINE.pong) return pong.abort();
    if (packet.type !== ENGINE.message) return;
    const inner = parseSocket(packet.payload);
    if (inner !== null) onSocketPacket(inner);
  });
  connection.send(openPacket(ids.engine));
  void heartbeat();
  return session;
}
