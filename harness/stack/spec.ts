/** A stack as read from a user's Compose file and its `x-firedrill` hints. Plain, frozen data. */
export interface StackSpec {
  readonly name: string;
  /** Absolute path of the Compose file; empty for an adopted stack. */
  readonly file: string;
  readonly services: Readonly<Record<string, ServiceSpec>>;
  /** Roles that are answered by asking the running stack, e.g. `leader`. */
  readonly roles: Readonly<Record<string, DynamicRole>>;
}

export interface ServiceSpec {
  readonly name: string;
  readonly image: string | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly dependsOn: readonly Dependency[];
  /** TCP ports the service listens on, from `ports` and `expose`. */
  readonly ports: readonly number[];
  readonly restart: "no" | "always" | "unless-stopped" | "on-failure";
  readonly memoryLimitBytes: number | null;
  /** Named volumes: name → mount path. */
  readonly volumes: Readonly<Record<string, string>>;
  /** `x-firedrill.role`: what the service is, e.g. `control-plane`. Defaults to the service's name. */
  readonly role: string;
  /** `x-firedrill.node`: services that share a node are lost together. Defaults to the service's name. */
  readonly node: string;
  /** `x-firedrill.model`: what runs in the sim tier: `postgres`, `postgres-backup`, or a module path. */
  readonly model: string | null;
}

export interface Dependency {
  readonly service: string;
  readonly condition: "service_started" | "service_healthy" | "service_completed_successfully";
}

/** `x-firedrill.roles.NAME`: the one of `among` whose answer to GET `path` has `where` in it. */
export interface DynamicRole {
  /** A static role. */
  readonly among: string;
  readonly port: number;
  readonly path: string;
  /** Top-level fields of the JSON answer and the values they must have. */
  readonly where: Readonly<Record<string, string | number | boolean>>;
}
