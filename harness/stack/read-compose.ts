import { readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { FiredrillError } from "../error.ts";
import {
  readBytes,
  readDependsOn,
  readEnvironment,
  readPorts,
  readRestart,
  readVolumes,
  scalar,
} from "./compose-fields.ts";
import { readComposeSource } from "./compose-source.ts";
import { deepFreeze } from "./deep-freeze.ts";
import { readDynamicRoles, readServiceHints } from "./hints.ts";
import { checkRoles } from "./check-roles.ts";
import type { ServiceSpec, StackSpec } from "./spec.ts";
import { isRecord, show, type Spot } from "./yaml-source.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads a user's own Compose file and its `x-firedrill` hints. `$VARIABLES` come from `environment`
 * (this process's, by default) and from `.env` beside the file, as Compose does it. Services with a profile are
 * left out: a plain `docker compose up` does not start them either.
 * @throws USAGE_STACK with file, line, column and what was expected.
 */
export async function readComposeFile(
  file: string,
  environment: Variables = process.env,
): Promise<StackSpec> {
  const path = resolve(file);
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new FiredrillError("USAGE_STACK", `cannot read the stack's Compose file`, {
      received: path,
      expected: "the path of a Compose file",
      cause,
    });
  });
  const variables = { ...(await readDotEnv(join(dirname(path), ".env"))), ...environment };
  return parseCompose(text, path, variables, await readEnvFiles(text, path, variables));
}

/** The pure part: `envFiles` holds the content of every `env_file`, by the path as written. */
export function parseCompose(
  text: string,
  file: string,
  variables: Variables,
  envFiles: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map(),
): StackSpec {
  const root = readComposeSource(text, file, variables);
  if (root.at("include").value !== undefined) {
    root.at("include").fail("include is not supported", {
      expected: "one Compose file",
      hint: "write the result of `docker compose config` into one file and use that",
    });
  }
  const active = root
    .at("services")
    .entries()
    .filter(([, service]) => service.at("profiles").items().length === 0);
  if (active.length === 0)
    root
      .at("services")
      .fail("the file has no services", { expected: '"services:" with at least one service' });
  const names = new Set(active.map(([name]) => name));
  const volumes = new Set(
    root
      .at("volumes")
      .entries()
      .map(([name]) => name),
  );
  const services = Object.fromEntries(
    active.map(([name, spot]) => [name, readService(name, spot, { names, volumes, variables, envFiles })]),
  );
  const roles = readDynamicRoles(root.at("x-firedrill"));
  checkRoles(services, roles, {
    role: (role) => root.at("x-firedrill").at("roles").at(role),
    service: (service) => root.at("services").at(service),
    roleHint: (role) => `"x-firedrill: {role: ${role}}"`,
  });
  return deepFreeze({ name: stackName(root, file), file, services, roles, places: {}, kubernetes: null });
}

interface Surroundings {
  readonly names: ReadonlySet<string>;
  readonly volumes: ReadonlySet<string>;
  readonly variables: Variables;
  readonly envFiles: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

function readService(name: string, spot: Spot, around: Surroundings): ServiceSpec {
  if (spot.at("extends").value !== undefined) {
    spot.at("extends").fail("extends is not supported", {
      hint: "use a YAML anchor, or the result of `docker compose config`",
    });
  }
  const image = spot.at("image");
  if (image.value === undefined && spot.at("build").value === undefined) {
    spot.fail(`service "${name}" has neither image nor build`, {
      received: show(spot.value),
      expected: 'an "image:" or a "build:"',
      hint: `say what runs: "image: postgres:15" under "${name}:"`,
    });
  }
  for (const count of [spot.at("deploy").at("replicas"), spot.at("scale")]) {
    if (count.value !== undefined && scalar(count) !== "1") {
      count.fail("replicas are not supported", {
        received: show(count.value),
        expected: "one container per service",
        hint: "write each replica as a service of its own with the same x-firedrill.role; a YAML anchor keeps it short",
      });
    }
  }
  const hints = readServiceHints(spot.at("x-firedrill"));
  const fromFiles = envFilePaths(spot).map((path) => around.envFiles.get(path) ?? {});
  return {
    name,
    image: image.value === undefined ? null : scalar(image),
    environment: Object.assign(
      {},
      ...fromFiles,
      readEnvironment(spot.at("environment"), around.variables),
    ) as Record<string, string>,
    dependsOn: readDependsOn(spot.at("depends_on"), around.names),
    ports: readPorts(spot.at("ports"), spot.at("expose")),
    restart: readRestart(spot.at("restart")),
    memoryLimitBytes:
      readBytes(spot.at("deploy").at("resources").at("limits").at("memory")) ??
      readBytes(spot.at("mem_limit")),
    volumes: readVolumes(spot.at("volumes"), around.volumes),
    role: hints.role ?? name,
    node: hints.node ?? name,
    model: hints.model ?? null,
    mock: hints.mock ?? null,
    workload: null,
  };
}

/** `env_file` as a path, a list of paths, or a list of `{path}`. */
function envFilePaths(spot: Spot): string[] {
  const given = spot.at("env_file");
  if (given.value === undefined) return [];
  if (!Array.isArray(given.value)) return [scalar(given)];
  return given.items().map((item) => scalar(isRecord(item.value) ? item.at("path") : item));
}

async function readEnvFiles(text: string, file: string, variables: Variables) {
  const contents = new Map<string, Record<string, string>>();
  for (const [, service] of readComposeSource(text, file, variables).at("services").entries()) {
    for (const path of envFilePaths(service)) {
      contents.set(path, await readDotEnv(resolve(dirname(file), path)));
    }
  }
  return contents;
}

/** A missing file is empty here; Compose itself complains when it needs one that is not there. */
async function readDotEnv(path: string): Promise<Record<string, string>> {
  const text = await readFile(path, "utf8").catch(() => "");
  return parseEnv(text) as Record<string, string>;
}

/** The file's `name`, else its folder's, in the letters that Compose allows. */
function stackName(root: Spot, file: string): string {
  const name = root.at("name");
  const given = name.value === undefined ? basename(dirname(file)) : scalar(name);
  return (
    given
      .toLowerCase()
      .replaceAll(/[^a-z0-9_-]/g, "")
      .replace(/^[_-]+/, "") || "stack"
  );
}
