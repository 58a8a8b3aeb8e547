import { z } from "zod";
import { FiredrillError } from "../../error.ts";

const extra = z.record(z.string(), z.unknown());
const attachment = z.looseObject({ aliases: z.array(z.string()).optional() }).nullable();

const serviceSchema = z.looseObject({
  image: z.string().optional(),
  build: z.unknown().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  networks: z.record(z.string(), attachment).optional(),
  network_mode: z.string().optional(),
  hostname: z.string().optional(),
  environment: z.record(z.string(), z.string().nullable()).nullish(),
});

/** What we read of `docker compose config --format json`; everything else passes through as it is. */
const projectSchema = z.looseObject({
  services: z.record(z.string(), serviceSchema),
  networks: z.record(z.string(), extra.nullable()).optional(),
  volumes: z.record(z.string(), extra.nullable()).optional(),
});

export type ComposeService = z.infer<typeof serviceSchema>;
export type ComposeProject = z.infer<typeof projectSchema>;

export interface ProjectSettings {
  /** The stack's own name, the same in every run. */
  readonly stack: string;
  readonly project: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The user's stack as Compose understood it. @throws USAGE_STACK when the output has another shape. */
export function parseProject(output: string): ComposeProject {
  const parsed = projectSchema.safeParse(JSON.parse(output));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new FiredrillError(
    "USAGE_STACK",
    "Compose reads this file in a way that Firedrill does not understand",
    {
      received: `${issue?.path.join(".")}: ${issue?.message}`,
      expected: "what `docker compose config --format json` of Compose v2 prints",
    },
  );
}

/**
 * The project that we run instead: names and labels of this run on everything, no fixed container names, no host
 * ports, and no network that leads outside.
 * @throws USAGE_STACK when the stack shares something with the world that cannot be taken from it.
 */
export function isolateProject(user: ComposeProject, settings: ProjectSettings): ComposeProject {
  const named = (kind: string, change: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(user[kind === "network" ? "networks" : "volumes"] ?? {}).map(([key, value]) => {
        const { external, ...kept } = value ?? {};
        if (kind === "volume") refuseForeignVolume(key, external, kept);
        const labels = { ...(kept["labels"] as Record<string, string> | undefined), ...settings.labels };
        return [key, { ...kept, ...change, name: `${settings.project}_${key}`, labels }];
      }),
    );
  return {
    ...user,
    name: settings.project,
    services: Object.fromEntries(
      Object.entries(user.services).map(([name, service]) => [name, isolateService(name, service, settings)]),
    ),
    networks: named("network", { internal: true }),
    volumes: named("volume", {}),
  };
}

function isolateService(name: string, service: ComposeService, settings: ProjectSettings): ComposeService {
  const { container_name: _name, ports: _ports, external_links: _links, ...kept } = service;
  const mode = kept.network_mode;
  if (mode !== undefined && mode !== "none" && !mode.startsWith("service:")) {
    throw new FiredrillError("USAGE_STACK", `service "${name}" cannot be isolated`, {
      received: `network_mode: ${mode}`,
      expected: "networks of the stack's own",
      hint: `remove network_mode from "${name}"; ports are reached through the gateway`,
    });
  }
  return {
    ...kept,
    labels: { ...kept.labels, ...settings.labels },
    // A service that is built keeps one image over all runs, so that nothing is built or left behind per run.
    ...(kept.build === undefined ? {} : { image: kept.image ?? `firedrill-build/${settings.stack}-${name}` }),
    // Images were found, pulled or built before; Compose must not reach for a registry again.
    pull_policy: "never",
  };
}

/** Somebody else's data must not be in reach of a fault. */
function refuseForeignVolume(key: string, external: unknown, volume: Record<string, unknown>): void {
  const options = (volume["driver_opts"] ?? {}) as Record<string, unknown>;
  const bind = /\bbind\b/.test(String(options["o"] ?? "")) ? String(options["device"]) : null;
  if (external !== true && bind === null) return;
  throw new FiredrillError("USAGE_STACK", `volume "${key}" holds data from outside the stack`, {
    received: bind === null ? "external: true" : `a bind of ${bind}`,
    expected: "a volume that is made for the run and goes with it",
    hint: `remove the setting from volume "${key}" and fill it in a one-shot service`,
  });
}

/** Images of services that are not built, each once, sorted. */
export function imagesToResolve(project: ComposeProject): string[] {
  const images = Object.values(project.services).flatMap(({ build, image }) =>
    build === undefined && image !== undefined ? [image] : [],
  );
  return [...new Set(images)].toSorted();
}

/** Puts the images that will really run in place of those that the file names. */
export function withImages(project: ComposeProject, use: ReadonlyMap<string, string>): ComposeProject {
  return mapServices(project, (service) =>
    service.image === undefined || service.build !== undefined
      ? service
      : { ...service, image: use.get(service.image) ?? service.image },
  );
}

/** Points every service's DNS at the gateway's address in its first network (by name); `addresses` is by network key. */
export function withSink(project: ComposeProject, addresses: ReadonlyMap<string, string>): ComposeProject {
  return mapServices(project, (service) => {
    const [network] = Object.keys(service.networks ?? {}).toSorted();
    const sink = network === undefined ? undefined : addresses.get(network);
    // Search domains of this machine would turn an absent service into an outside name.
    return sink === undefined ? service : { ...service, dns: [sink], dns_search: ["."] };
  });
}

/** Gives services their MOCK_SEED, by their names. */
export function withSeeds(project: ComposeProject, seeds: ReadonlyMap<string, string>): ComposeProject {
  return {
    ...project,
    services: Object.fromEntries(
      Object.entries(project.services).map(([name, service]) => {
        const seed = seeds.get(name);
        if (seed === undefined) return [name, service];
        return [name, { ...service, environment: { ...service.environment, MOCK_SEED: seed } }];
      }),
    ),
  };
}

/** Names by which services know each other besides their own: aliases and host names. */
export function innerNames(project: ComposeProject): string[] {
  return Object.values(project.services).flatMap((service) => [
    ...(service.hostname === undefined ? [] : [service.hostname]),
    ...Object.values(service.networks ?? {}).flatMap((attached) => attached?.aliases ?? []),
  ]);
}

function mapServices(
  project: ComposeProject,
  change: (service: ComposeService) => ComposeService,
): ComposeProject {
  return {
    ...project,
    services: Object.fromEntries(
      Object.entries(project.services).map(([name, service]) => [name, change(service)]),
    ),
  };
}
