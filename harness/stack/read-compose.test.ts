import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { stringify } from "yaml";
import { describe, expect, it } from "vitest";
import { explainError, FiredrillError } from "../error.ts";
import { parseCompose, readComposeFile } from "./read-compose.ts";
import type { StackSpec } from "./spec.ts";

const parse = (text: string, variables: Record<string, string> = {}): StackSpec =>
  parseCompose(text, "/stacks/Shop 1/compose.yaml", variables);

const FULL = `
services:
  db:
    image: postgres:\${PG:-15}
    environment: [POSTGRES_PASSWORD=a=b, FROM_OUTSIDE, NOT_THERE]
    expose: ["5432"]
    volumes: ["data:/var/lib/postgresql/data:rw", "./seed:/seed:ro", "/anonymous"]
    restart: unless-stopped
    mem_limit: 512m
  control-1: &control
    build: .
    depends_on:
      db: { condition: service_healthy }
    environment: { PORT: 8080, DEBUG: true, FROM_OUTSIDE: }
    ports: ["127.0.0.1:18080:8080", "9090-9091:9090-9091", "53:53/udp", { target: 7000, published: 1 }]
    deploy: { resources: { limits: { memory: 1.5g } } }
    restart: on-failure:3
    x-firedrill: { role: control, node: node-a, model: ./control.ts }
  control-2:
    <<: *control
    depends_on: [db]
    x-firedrill: { role: control, node: node-b }
  tools: { image: busybox, profiles: [debug] }
volumes: { data: {} }
x-firedrill:
  roles:
    leader: { among: control, port: 8080, path: /leader, where: { leader: true } }
`;

describe("parseCompose", () => {
  const spec = parse(FULL, { FROM_OUTSIDE: "yes" });

  it("reads what a tier needs, in list and mapping form", () => {
    expect(spec.name).toBe("shop1");
    expect(Object.keys(spec.services)).toEqual(["db", "control-1", "control-2"]);
    expect(spec.services["db"]).toEqual({
      name: "db",
      image: "postgres:15",
      environment: { POSTGRES_PASSWORD: "a=b", FROM_OUTSIDE: "yes" },
      dependsOn: [],
      ports: [5432],
      restart: "unless-stopped",
      memoryLimitBytes: 512 * 2 ** 20,
      volumes: { data: "/var/lib/postgresql/data" },
      role: "db",
      node: "db",
      model: null,
      mock: null,
      workload: null,
    });
    expect(spec.services["control-1"]).toEqual({
      name: "control-1",
      image: null,
      environment: { PORT: "8080", DEBUG: "true", FROM_OUTSIDE: "yes" },
      dependsOn: [{ service: "db", condition: "service_healthy" }],
      ports: [8080, 9090, 9091, 7000],
      restart: "on-failure",
      memoryLimitBytes: 1.5 * 2 ** 30,
      volumes: {},
      role: "control",
      node: "node-a",
      model: "./control.ts",
      mock: null,
      workload: null,
    });
  });

  it("follows anchors and merge keys", () => {
    expect(spec.services["control-2"]).toMatchObject({
      dependsOn: [{ service: "db", condition: "service_started" }],
      ports: [8080, 9090, 9091, 7000],
      node: "node-b",
    });
  });

  it("reads dynamic roles", () => {
    expect(spec.roles).toEqual({
      leader: { among: "control", port: 8080, path: "/leader", where: { leader: true } },
    });
  });

  it("is frozen to the bottom", () => {
    expect(Object.isFrozen(spec.services["db"]?.environment)).toBe(true);
  });
});

/** A stack with one service and these further lines. */
const one = (service: string, rest = "") => `services:\n  api:\n    image: x\n${service}\n${rest}`;

describe("what is wrong is named with its place", () => {
  it.each([
    ["a syntax error", "services:\n  api: {image: x\n", "3:1: "],
    ["a key twice", "services:\n  api:\n    image: x\n    image: y\n", "4:5: Map keys must be unique"],
    ["an alias without an anchor", "services: *common\n", '1:11: "*common" has no anchor'],
    ["no services", "volumes: {}\n", "1:1: the file has no services"],
    [
      "neither image nor build",
      "services:\n  api:\n    restart: always\n",
      '2:3: service "api" has neither image nor build',
    ],
    ["an unknown hint", one("    x-firedrill:\n      roel: web"), '5:7: x-firedrill has no field "roel"'],
    [
      "an unknown field at the top",
      one("", "x-firedrill:\n  role: {}"),
      '6:3: x-firedrill has no field "role"',
    ],
    [
      "an unknown mock",
      one("    x-firedrill:\n      mock: lmm"),
      "5:7: services.api.x-firedrill.mock is not right",
    ],
    [
      "a hint of another type",
      one("    x-firedrill:\n      role: [web]"),
      "5:7: services.api.x-firedrill.role is not right",
    ],
    ["a service that is waited for in vain", one("    depends_on: [db]"), '4:18: depends_on names "db"'],
    [
      "an unknown condition",
      one("    depends_on:\n      api: {condition: ready}"),
      "5:13: unknown condition",
    ],
    ["no port", one('    ports: ["http"]'), "4:13: not a port"],
    ["a port out of range", one("    expose: [70000]"), "4:14: not a port"],
    ["no size", one("    mem_limit: much"), "4:5: not a size"],
    ["an unknown restart policy", one("    restart: sometimes"), "4:5: unknown restart policy"],
    ["an undeclared volume", one('    volumes: ["data:/data"]'), '4:15: volume "data" is not declared'],
    ["replicas", one("    deploy: {replicas: 3}"), "4:14: replicas are not supported"],
    ["extends", one("    extends: {service: base}"), "4:5: extends is not supported"],
    ["include", one("", "include: [other.yaml]"), "5:1: include is not supported"],
    ["a demanded variable", one("    hostname: ${HOST:?who am I}"), "4:5: HOST must be set: who am I"],
    ["a list for a mapping", "services: [api]\n", "1:1: services is no mapping"],
    [
      "a dynamic role among nobody",
      one("", "x-firedrill: {roles: {leader: {among: apo, port: 1, path: /, where: {a: 1}}}}"),
      '5:32: no service has the role "apo"',
    ],
    [
      "a dynamic role with a taken name",
      one("", "x-firedrill: {roles: {api: {among: api, port: 1, path: /, where: {a: 1}}}}"),
      '5:23: "api" is already a service or a static role',
    ],
    [
      "a service named like the role of another",
      "services:\n  api:\n    image: x\n    x-firedrill: {role: web}\n  b:\n    image: x\n    x-firedrill: {role: api}\n",
      '2:3: "api" is a service and also the role of another service',
    ],
  ])("%s", (_name, text, expected) => {
    let error: unknown;
    try {
      parse(text);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(FiredrillError);
    expect((error as FiredrillError).code).toBe("USAGE_STACK");
    expect((error as FiredrillError).message).toContain(`/stacks/Shop 1/compose.yaml:${expected}`);
  });

  it("guesses what was meant", () => {
    expect(explained(one("    x-firedrill: {roel: web}"))).toContain('did you mean "role"?');
    const wrongField = "x-firedrill: {roles: {leader: {amogn: api, port: 1, path: /, where: {a: 1}}}}";
    expect(explained(one("", wrongField))).toContain("among");
  });
});

const explained = (text: string) => {
  try {
    return String(parse(text));
  } catch (error) {
    return explainError(error);
  }
};

describe("properties", () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
  const environment = fc.dictionary(fc.stringMatching(/^[A-Z_]{1,8}$/), fc.string({ maxLength: 12 }));

  it("reads environment and ports alike in both forms", () => {
    fc.assert(
      fc.property(
        name,
        environment,
        fc.uniqueArray(fc.integer({ min: 1, max: 65_535 })),
        (service, env, ports) => {
          const escaped = Object.entries(env).map(
            ([key, value]) => [key, value.replaceAll("$", "$$$$")] as const,
          );
          const asMap = { image: "x", environment: Object.fromEntries(escaped), expose: ports };
          const asList = {
            image: "x",
            environment: escaped.map(([key, value]) => `${key}=${value}`),
            ports: ports.map((port) => `1000:${port}`),
          };
          const [first, second] = [asMap, asList].map((body) =>
            parse(stringify({ services: { [service]: body } })),
          );
          expect(first?.services[service]?.environment).toEqual(env);
          expect(second?.services[service]?.environment).toEqual(env);
          expect(first?.services[service]?.ports).toEqual(ports);
          expect(second?.services[service]?.ports).toEqual(ports);
        },
      ),
    );
  });

  it("fails on any text with USAGE_STACK and a line, or reads it", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."services:\n  ax{}[]-'\"&*$#|") }), (text) => {
        try {
          parse(text);
        } catch (error) {
          expect(error).toMatchObject({ code: "USAGE_STACK" });
          expect((error as Error).message).toMatch(/compose\.yaml:\d+:\d+: /);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("readComposeFile", () => {
  it("reads .env beside the file, under the environment, and env_file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "fd-read-compose-"));
    try {
      await writeFile(join(folder, ".env"), "TAG=from-dotenv\nOTHER=dotenv\n");
      await writeFile(join(folder, "api.env"), "A=file\nB=file\n");
      await writeFile(
        join(folder, "compose.yaml"),
        "services:\n  api:\n    image: api:${TAG}-${OTHER}\n    env_file: api.env\n    environment: {B: inline}\n",
      );
      const spec = await readComposeFile(join(folder, "compose.yaml"), { TAG: "given" });
      expect(spec.services["api"]).toMatchObject({
        image: "api:given-dotenv",
        environment: { A: "file", B: "inline" },
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("names a file that is not there", async () => {
    await expect(readComposeFile("/no/such/compose.yaml")).rejects.toMatchObject({
      code: "USAGE_STACK",
      received: "/no/such/compose.yaml",
    });
  });
});
