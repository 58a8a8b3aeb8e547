/** What the one worker remembers. */
export interface Worker {
  /** Chutes whose model it has, or fetches. */
  readonly cache: Map<string, CachedChute>;
  /** Container images by reference. */
  readonly images: Map<string, ContainerImage>;
  /** When somebody asked it to shut down, in ms of the mock's clock. */
  shutdownMs: number | null;
}

export interface CachedChute {
  readonly repoId: string;
  readonly revision: string;
  readonly sizeBytes: number;
  readonly startedMs: number;
  /** From then on the model is there. */
  readonly presentMs: number;
}

export interface ContainerImage {
  readonly digest: string;
  readonly sizeBytes: number;
  readonly inUse: boolean;
}

/** Images of the worker's own services, which a prune leaves, and one that nothing uses. */
const IMAGES: Readonly<Record<string, ContainerImage>> = {
  "docker.io/parachutes/chutes-agent:k3s-latest": {
    digest: `sha256:${"1a".repeat(32)}`,
    sizeBytes: 412_316_860,
    inUse: true,
  },
  "docker.io/parachutes/cache-cleaner:latest": {
    digest: `sha256:${"2b".repeat(32)}`,
    sizeBytes: 98_566_144,
    inUse: false,
  },
};

export function createWorker(): Worker {
  return { cache: new Map(), images: new Map(Object.entries(IMAGES)), shutdownMs: null };
}
