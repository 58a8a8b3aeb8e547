/**
 * The labels by which everything a run makes in a Docker engine is found again: by `down`, by the
 * clean-up after a crash, by a person with `docker ps --filter`. Nothing without our run label is ever touched.
 */

/** On every object a run makes; the value is the run's id. */
export const LABEL_RUN = "dev.firedrill.run";
/** The trial's number within the run. */
export const LABEL_TRIAL = "dev.firedrill.trial";
/** ISO time until which a kept stack is wanted; after it anyone may remove the stack. */
export const LABEL_EXPIRES = "dev.firedrill.expires";
/** On our own helper containers and networks, e.g. `gateway`: they are not part of the stack under test. */
export const LABEL_PART = "dev.firedrill.part";

/** Labels that Compose itself sets (Compose specification, "Reserved labels"). */
export const LABEL_COMPOSE_PROJECT = "com.docker.compose.project";
export const LABEL_COMPOSE_SERVICE = "com.docker.compose.service";
export const LABEL_COMPOSE_NETWORK = "com.docker.compose.network";
/** `True` on the containers of `docker compose run`. */
export const LABEL_COMPOSE_ONEOFF = "com.docker.compose.oneoff";

/** What the labels of one trial say. */
export interface RunIdentity {
  readonly runId: string;
  readonly trial: number;
  /** ISO time, or null when the stack goes with the trial. */
  readonly keepUntil: string | null;
}

/** The labels for every object of one trial. */
export function runLabels(identity: RunIdentity): Record<string, string> {
  return {
    [LABEL_RUN]: identity.runId,
    [LABEL_TRIAL]: String(identity.trial),
    ...(identity.keepUntil === null ? {} : { [LABEL_EXPIRES]: identity.keepUntil }),
  };
}

/** The engine's filter for objects that carry all of these labels. */
export function labelFilter(labels: Readonly<Record<string, string>>): { label: string[] } {
  return { label: Object.entries(labels).map(([name, value]) => `${name}=${value}`) };
}

/** The Compose project of one trial: `fd-<runId>-t<trial>`, in the letters that Compose allows. */
export function projectName(runId: string, trial: number): string {
  return `fd-${runId}-t${trial}`.toLowerCase().replaceAll(/[^a-z0-9_-]/g, "-");
}
