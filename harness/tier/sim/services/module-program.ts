import { isAbsolute, resolve, dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { FiredrillError } from "../../../error.ts";
import type { Service } from "../../../service/host.ts";
import type { ServiceSpec } from "../../../stack/spec.ts";
import { processHost } from "./process-host.ts";
import type { Program } from "./program.ts";

/**
 * A stand-in: the module that `x-firedrill.model` names, relative to the Compose file, whose default export is a
 * `Service`. Loaded once, before the world begins. @throws USAGE_STACK when there is no such service.
 */
export async function loadModuleProgram(spec: ServiceSpec, stackFile: string): Promise<Program> {
  const model = spec.model ?? "";
  const path = isAbsolute(model) ? model : resolve(dirname(stackFile), model);
  const loaded: { default?: unknown } = await import(pathToFileURL(path).href).catch((cause: unknown) => {
    throw new FiredrillError("USAGE_STACK", `the model of service ${spec.name} can't be loaded`, {
      received: model,
      expected: "`postgres`, `postgres-backup`, or the path of a module relative to the Compose file",
      cause,
    });
  });
  if (typeof loaded.default !== "function") {
    throw new FiredrillError("USAGE_STACK", `the model of service ${spec.name} has no default export`, {
      received: model,
      expected: "export default async function (host: Host): Promise<void>",
    });
  }
  return serviceProgram(loaded.default as Service, spec.ports[0] ?? null);
}

/** Runs a `Service`. With a port it is healthy when GET /health there answers 200, else when it has started. */
export function serviceProgram(service: Service, healthPort: number | null): Program {
  return {
    healthPort,
    async start(life) {
      await service(processHost(life));
      life.process.ready = true;
    },
    exec: () => null,
  };
}
