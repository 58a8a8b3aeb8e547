/** What the validator keeps, one table each (chutes-api's schemas). Times are ms of the mock's clock. */

export interface ServerRow {
  readonly id: string;
  name: string;
  readonly ip: string;
  readonly hotkey: string;
  readonly tee: boolean;
  /** Of its VM, from the attestation; null for a server of the legacy profile. */
  version: string | null;
  readonly createdMs: number;
  updatedMs: number | null;
  /** The upgrade window for which it went into maintenance. */
  windowId: string | null;
}

/** One GPU. */
export interface NodeRow {
  readonly uuid: string;
  readonly name: string;
  readonly memory: number;
  readonly clockRate: number;
  readonly gpuIdentifier: string;
  readonly deviceIndex: number;
  readonly host: string;
  readonly port: number;
  readonly hotkey: string;
  readonly serverId: string | null;
  readonly seed: number;
  readonly createdMs: number;
  /** From then on it is verified; infinity: never. */
  readonly verifiedAtMs: number;
  /** The verification that it waits for (legacy). */
  readonly taskId: string | null;
}

export interface ChuteRow {
  readonly id: string;
  readonly name: string;
  imageId: string;
  version: string;
  readonly public: boolean;
  readonly gpuCount: number;
  readonly supportedGpus: readonly string[];
  chutesVersion: string;
  readonly preemptible: boolean;
  readonly tee: boolean;
  readonly code: string;
  /** Compute units; 0: no bounty. */
  bounty: number;
  /** How many instances the network wants. */
  target: number;
  readonly createdMs: number;
  updatedMs: number;
}

export interface ImageRow {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly tag: string;
  patchVersion: string;
  chutesVersion: string;
  readonly createdMs: number;
}

export interface InstanceRow {
  readonly id: string;
  readonly chuteId: string;
  readonly version: string;
  readonly hotkey: string;
  readonly nodeIds: readonly string[];
  readonly host: string;
  readonly port: number;
  /** Null for one that was announced the old way. */
  readonly configId: string | null;
  readonly jobId: string | null;
  verified: boolean;
  active: boolean;
  verificationError: string | null;
  readonly createdMs: number;
  activatedMs: number | null;
  verifiedMs: number | null;
}

/** A permission to start an instance, carried as a JWT into its container. */
export interface LaunchConfigRow {
  readonly id: string;
  readonly chuteId: string;
  readonly jobId: string | null;
  readonly hotkey: string;
  readonly envKey: string;
  readonly expiresMs: number;
  claimed: boolean;
  verifiedMs: number | null;
  failure: string | null;
}

export interface JobRow {
  readonly id: string;
  readonly chuteId: string;
  readonly method: string;
  readonly diskGb: number;
  /** Who has asked for a launch config. */
  readonly tried: string[];
  hotkey: string | null;
  instanceId: string | null;
  finished: boolean;
}

export interface RollingUpdateRow {
  readonly chuteId: string;
  readonly oldVersion: string;
  readonly newVersion: string;
  readonly startedMs: number;
  /** How many instances each hotkey may still start meanwhile. */
  readonly permitted: Record<string, number>;
}

export interface AuditRow {
  readonly id: string;
  readonly hotkey: string;
  readonly block: number;
  readonly path: string;
  readonly createdMs: number;
  readonly start: string;
  readonly end: string;
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/** A time in which servers may be upgraded. */
export interface UpgradeWindow {
  readonly id: string;
  readonly target: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Servers of one miner in maintenance at once. */
  readonly limit: number;
}
