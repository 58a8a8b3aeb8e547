import type { Desk } from "./context.ts";

/** What every runbook step finds in its environment: the same variables as on the real tiers. */
export function stackEnvironment({ world, projectName }: Desk): Record<string, string> {
  const env: Record<string, string> = { COMPOSE_PROJECT_NAME: projectName, COMPOSE_FILE: world.spec.file };
  for (const { name, ports } of Object.values(world.spec.services)) {
    const variable = name.toUpperCase().replaceAll("-", "_");
    for (const [at, port] of ports.entries()) {
      if (at === 0) env[`${variable}_URL`] = `http://${name}:${port}`;
      if (ports.length > 1) env[`${variable}_${port}_URL`] = `http://${name}:${port}`;
    }
  }
  return env;
}
