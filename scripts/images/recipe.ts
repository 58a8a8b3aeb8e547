import type Docker from "dockerode";

/** What a recipe may use while it builds. */
export interface BuildSite {
  readonly docker: Docker;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
  /** Another image that this one stands on: resolved (and built, if need be) first. Returns what to name it. */
  readonly image: (reference: string) => Promise<string>;
  /** Another image if it is present or can be pulled, and never built: for the foundations themselves. */
  readonly fetch: (reference: string) => Promise<string | null>;
}

/** What this machine can build for a recipe. */
export interface Offer {
  /** Where the build goes: our own honest name, never that of the image it stands in for. */
  readonly reference: string;
  /** Version of the software inside, e.g. `15.20`; a request for another is refused, see `agreesOn`. */
  readonly version: string;
  /** Completes "built locally from …". */
  readonly madeFrom: string;
}

/** How to build one image where no registry can be reached. */
export interface Recipe {
  /** Repository of the images it stands in for, e.g. `postgres`; our own images are `firedrill.local/…`. */
  readonly repository: string;
  /** What of the version a request must agree with: the major version, unless minor versions differ as much. */
  readonly agreesOn?: "major" | "minor";
  /** Measured on two cores, for the progress line. */
  readonly estimateSeconds: number;
  /** Of everything of ours that the build depends on; a change makes an existing build stale. Asks no package manager. */
  digest(): Promise<string>;
  /** Other words for the version in tags, e.g. Debian's code name. */
  aliases?(): Promise<readonly string[]>;
  /** May take a second: asks the package manager. @throws ENV_IMAGE when this machine lacks what the recipe needs. */
  offer(): Promise<Offer>;
  /** The image that this one is built on, if any; it is resolved (and built, if need be) before. */
  foundation?(): Promise<string>;
  /** Builds `order.offer.reference` and puts the labels on it. */
  build(site: BuildSite, order: BuildOrder): Promise<void>;
}

export interface BuildOrder {
  readonly offer: Offer;
  /** What to name the foundation; `scratch` without one. */
  readonly from: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Registry host of all local builds; it does not exist, so nothing can be pulled from or pushed to it. */
export const LOCAL = "firedrill.local";
