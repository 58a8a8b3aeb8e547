/** A connection to a pool, line by line. */
export interface Link {
  send(line: string): void;
  onLine(listener: (line: string) => void): void;
  /** Called once, whoever ended it. */
  onClose(listener: () => void): void;
  /** Reads nothing more, as a miner that hangs. */
  deafen(): void;
  close(): void;
}

/** How a miner gets a connection: real sockets, or a mock in the same process. `where` null: the usual pool. */
export type Dial = (where: { readonly host: string; readonly port: number } | null) => Link;
