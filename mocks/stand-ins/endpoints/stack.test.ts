import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readComposeFile } from "../../../harness/stack/read-compose.ts";
import { resolve, dirname } from "node:path";

const FOLDER = new URL("../../../fixtures/stacks/endpoints/", import.meta.url);
const FILE = fileURLToPath(new URL("compose.yaml", FOLDER));

interface Values {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly image: string;
        readonly program: string;
        readonly role?: string;
        readonly ports: readonly number[];
        readonly settings: Readonly<Record<string, string>>;
      }
    >
  >;
}

describe("fixtures/stacks/endpoints", () => {
  it("names a model for every service of the Compose file, and each is a service's module", async () => {
    const { services } = await readComposeFile(FILE);
    for (const { model, memoryLimitBytes, restart } of Object.values(services)) {
      const module = await import(resolve(dirname(FILE), model ?? ""));
      expect(typeof module.default).toBe("function");
      expect(memoryLimitBytes).toBeGreaterThan(0);
      expect(restart).toBe("no");
    }
  });

  it("is the same stack as a chart: services, ports, mocks, settings", async () => {
    const { services } = await readComposeFile(FILE);
    const values = parse(await readFile(new URL("chart/values.yaml", FOLDER), "utf8")) as Values;
    const inCompose = Object.values(services).map(({ name, role, mock, ports, environment }) => {
      // A port to check and a name: in the chart, the template writes both.
      const { PORT: _port, NODE_NAME: _name, ...settings } = environment;
      return { name, role, mock, ports, settings };
    });
    const inChart = Object.entries(values.services).map(([name, service]) => ({
      name,
      role: service.role ?? name,
      mock: service.image === "mock" ? service.program : null,
      ports: service.ports,
      settings: service.settings,
    }));
    const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
    expect(inChart.toSorted(byName)).toEqual(inCompose.toSorted(byName));
  });
});
