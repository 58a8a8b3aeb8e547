import { mockService } from "../../../../mocks/core/mount/host.ts";
import { loadMock } from "../../../../mocks/registry.ts";
import { FiredrillError } from "../../../error.ts";
import type { ServiceSpec, StackSpec } from "../../../stack/spec.ts";
import { loadModuleProgram, serviceProgram } from "./module-program.ts";
import { postgresBackupProgram } from "./postgres-backup.ts";
import { postgresProgram } from "./postgres.ts";
import type { Program } from "./program.ts";

const BUILT_IN: Readonly<Record<string, Program>> = {
  postgres: postgresProgram,
  "postgres-backup": postgresBackupProgram,
};

/** What runs in each service of the stack. @throws USAGE_STACK for a service that the sim tier can't run. */
export async function loadPrograms(stack: StackSpec): Promise<Map<string, Program>> {
  const programs = new Map<string, Program>();
  for (const spec of Object.values(stack.services)) programs.set(spec.name, await load(spec, stack.file));
  return programs;
}

async function load(spec: ServiceSpec, stackFile: string): Promise<Program> {
  if (spec.mock === null) return loadModel(spec, stackFile);
  const mock = await loadMock(spec.mock);
  const program =
    spec.model === null ? serviceProgram(mockService(mock), null) : await loadModel(spec, stackFile);
  // A mock's own ports answer as what it imitates does; its control port says whether it works.
  return { ...program, healthPort: mock.controlPort, controlPort: mock.controlPort };
}

async function loadModel(spec: ServiceSpec, stackFile: string): Promise<Program> {
  if (spec.model === null) {
    throw new FiredrillError(
      "USAGE_STACK",
      `service ${spec.name} has no model, so the sim tier can't run it`,
      {
        expected:
          "`x-firedrill: { model: … }` on the service: `postgres`, `postgres-backup`, or a module's path; `{ mock: llm }` for a mock",
        hint: "add a model, or run on the compose tier: --tier compose",
      },
    );
  }
  return BUILT_IN[spec.model] ?? loadModuleProgram(spec, stackFile);
}
