import type { Cancel, Kernel } from "../kernel/kernel.ts";
import type { Listener } from "../network/connection.ts";

/**
 * One life of a service, from its start to its death. After `end` nothing reaches it any more: its timers, sockets and
 * promises never settle and its `finally` blocks never run, as after SIGKILL. While paused, all that would wake it waits.
 */
export class Process {
  readonly name: string;
  /** Counts the lives of this service from 1. */
  readonly generation: number;
  readonly startedUs: number;
  /** Does it do its work yet? */
  ready = false;
  /** What listens, by port. */
  readonly listeners = new Map<number, Listener>();
  readonly #kernel: Kernel;
  readonly #wakeDelayMs: () => number;
  readonly #watchers = new Set<() => void>();
  #alive = true;
  #paused = false;
  #waiting: (() => void)[] = [];
  #busyUntilMs = 0;

  /** @param wakeDelayMs how long the next wake-up waits for a processor; 0 where nobody competes for it. */
  constructor(kernel: Kernel, name: string, generation: number, wakeDelayMs: () => number) {
    this.#kernel = kernel;
    this.#wakeDelayMs = wakeDelayMs;
    this.name = name;
    this.generation = generation;
    this.startedUs = kernel.nowUs();
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** The process's own monotonic clock: since it started, so that nobody compares clocks of two machines. */
  nowMs(): number {
    return (this.#kernel.nowUs() - this.startedUs) / 1_000;
  }

  /** Hands the process something to react to: now, or when it gets a processor, or after the pause, or never. */
  deliver(action: () => void): void {
    const now = this.#kernel.nowMs();
    const delayMs = this.#wakeDelayMs();
    if (delayMs === 0 && this.#busyUntilMs <= now) return this.#wake(action);
    // What comes later is not served earlier.
    this.#busyUntilMs = Math.max(this.#busyUntilMs, now + delayMs);
    this.#kernel.after(this.#busyUntilMs - now, () => this.#wake(action));
  }

  /** A timer of this process: it dies with it. */
  after(delayMs: number, action: () => void): Cancel {
    return this.#kernel.after(delayMs, () => this.deliver(action));
  }

  /** Calls `watcher` when the process dies and its peers can notice. Returns how to stop watching. */
  onEnd(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Death. Its kernel tells the peers, unless the whole node went `silently`. */
  end(silently: boolean): void {
    this.#alive = false;
    this.#waiting = [];
    this.listeners.clear();
    if (!silently) for (const watcher of this.#watchers) watcher();
    this.#watchers.clear();
  }

  pause(): void {
    this.#paused = true;
  }

  unpause(): void {
    this.#paused = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    // One event each: what one of them settles has run to its end before the next.
    for (const action of waiting) this.#kernel.after(0, () => this.#wake(action));
  }

  #wake(action: () => void): void {
    if (!this.#alive) return;
    if (this.#paused) this.#waiting.push(action);
    else action();
  }
}
