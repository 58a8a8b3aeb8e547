import type { ServiceSpec } from "../../../stack/spec.ts";

/** Docker's restart manager (moby, restartmanager.go): 100 ms, doubled each time, at most a minute. */
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 60_000;
/** A run of this length sets the delay back to the first. */
const GOOD_RUN_MS = 10_000;

/** Decides whether and when a container that died by itself is started again. */
export class RestartPolicy {
  readonly #policy: ServiceSpec["restart"];
  #nextDelayMs = 0;

  constructor(policy: ServiceSpec["restart"]) {
    this.#policy = policy;
  }

  /** The delay before the next start, or null: it stays down. An operator's stop never gets here. */
  afterDeath(exitCode: number, ranForMs: number): number | null {
    if (this.#policy === "no" || (this.#policy === "on-failure" && exitCode === 0)) return null;
    const fresh = this.#nextDelayMs === 0 || ranForMs >= GOOD_RUN_MS;
    this.#nextDelayMs = fresh ? FIRST_DELAY_MS : Math.min(this.#nextDelayMs * 2, MAX_DELAY_MS);
    return this.#nextDelayMs;
  }

  /** An operator started it: the count begins anew. */
  reset(): void {
    this.#nextDelayMs = 0;
  }
}
