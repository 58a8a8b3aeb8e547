/** What goes through a pipe in one round. */
export const BULK_BYTES = 512 * 1024 * 1024;
export const PING_BYTES = 64;

export interface PipeRound {
  /** Of a message that comes back, in µs. */
  readonly p50: number;
  readonly p99: number;
  readonly megabytesPerSecond: number;
}
