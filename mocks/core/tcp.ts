import type { FaultSubject } from "./mock.ts";

/** One raw TCP port of a mock, such as Stratum's. */
export interface TcpListener {
  readonly kind: "tcp";
  readonly name: string;
  readonly port: number;
  readonly hosts: readonly string[];
  /** Called for every accepted connection; every byte passes the fault pipe. */
  accept(connection: TcpConnection): void;
}

export interface TcpConnection {
  /** Counts the connections of this life from 1. */
  readonly number: number;
  readonly subject: FaultSubject;
  send(bytes: string | Uint8Array): void;
  /** Ends orderly: what was sent arrives, then FIN. */
  end(): void;
  /** Ends with a reset. */
  reset(): void;
  onData(listener: (bytes: Uint8Array) => void): void;
  /** Called once, whoever ended it. */
  onClose(listener: () => void): void;
}

/** WebSockets on an HTTP port. */
export interface WebSocketListener {
  /** The subprotocol to choose, or null for none. */
  protocol(offered: readonly string[]): string | null;
  open(connection: WebSocketConnection): void;
}

export interface WebSocketConnection {
  readonly number: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly subject: FaultSubject;
  send(message: string | Uint8Array): void;
  /** A closing handshake with this code (RFC 6455 §7.4). */
  close(code: number, reason: string): void;
  /** Ends the TCP connection with a reset and no handshake. */
  reset(): void;
  onMessage(listener: (message: string) => void): void;
  onClose(listener: () => void): void;
}
