import { access } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readComposeFile } from "../../../harness/stack/read-compose.ts";
import { CONTROLLERS, WORKERS } from "./fleet.testkit.ts";

const FILE = fileURLToPath(new URL("../../../fixtures/stacks/fleet/compose.yaml", import.meta.url));

describe("fixtures/stacks/fleet/compose.yaml", () => {
  it("is the stack that the stand-ins are made for", async () => {
    const { services, roles } = await readComposeFile(FILE);
    const named = (role: string) => Object.keys(services).filter((name) => services[name]?.role === role);
    expect(named("control-plane")).toEqual(CONTROLLERS);
    expect(named("worker")).toEqual(WORKERS);
    expect(Object.keys(roles)).toEqual(["leader", "standby"]);
    expect(services["worker-3"]?.environment["GPU"]).toBe("1");
    for (const service of Object.values(services)) {
      expect(service.memoryLimitBytes).toBeGreaterThan(0);
      expect(service.restart).toBe("no");
      if (service.environment["NODE_NAME"] !== undefined)
        expect(service.environment["NODE_NAME"]).toBe(service.name);
    }
  });

  it("names a model for every service, and each is a service's module or built in", async () => {
    const { services } = await readComposeFile(FILE);
    for (const { model } of Object.values(services)) {
      expect(model).not.toBeNull();
      if (model === null || model.startsWith("postgres")) continue;
      const path = resolve(dirname(FILE), model);
      await access(path);
      expect(typeof (await import(path)).default).toBe("function");
    }
  });
});
