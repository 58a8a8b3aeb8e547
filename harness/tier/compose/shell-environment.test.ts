import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { parseCompose } from "../../stack/read-compose.ts";
import { serviceUrls, shellEnvironment } from "./shell-environment.ts";

const spec = parseCompose(
  `services:
  load-balancer: { image: x, expose: [8080, 9090] }
  db.main: { image: x, expose: [5432] }
  worker: { image: x }
`,
  "/s/compose.yaml",
  {},
);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fd-shell-env-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function program(name: string, script: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

it("names each service's first port by the service, and each of several by its number", () => {
  expect(serviceUrls(spec, (service, port) => `http://${service}.test:${port}`)).toEqual({
    LOAD_BALANCER_URL: "http://load-balancer.test:8080",
    LOAD_BALANCER_8080_URL: "http://load-balancer.test:8080",
    LOAD_BALANCER_9090_URL: "http://load-balancer.test:9090",
    DB_MAIN_URL: "http://db.main.test:5432",
  });
  expect(serviceUrls(spec, () => undefined)).toEqual({});
});

it("points docker and Compose at the run, whatever the user has set", async () => {
  vi.stubEnv("COMPOSE_FILE", "mine.yaml");
  vi.stubEnv("COMPOSE_PROFILES", "debug");
  const cli = { command: ["docker", "compose"], version: "2" } as const;
  const compose = { project: "fd-r-t0", file: "/run/compose.t0.json", cli, runDir: folder };
  const env = await shellEnvironment({ spec, urlOf: () => undefined, engineHost: "unix:///e.sock", compose });
  expect(env).toMatchObject({
    COMPOSE_PROJECT_NAME: "fd-r-t0",
    COMPOSE_FILE: "/run/compose.t0.json",
    DOCKER_HOST: "unix:///e.sock",
    PATH: process.env["PATH"],
  });
  expect(env).not.toHaveProperty("COMPOSE_PROFILES");
});

it("lets `docker compose` find a plug-in that docker does not know, and the rest find docker", async () => {
  const plugin = await program("it's a plug-in", 'echo "plugin $*"');
  await program("docker", 'echo "docker $*"');
  vi.stubEnv("PATH", `${folder}:${process.env["PATH"]}`);
  const cli = { command: [plugin], version: "2" } as const;
  const runDir = join(folder, "run");
  const compose = { project: "p", file: "f", cli, runDir };
  const env = await shellEnvironment({ spec, urlOf: () => undefined, engineHost: "unix:///e.sock", compose });
  const said = async (command: string) => (await promisify(execFile)("sh", ["-c", command], { env })).stdout;
  expect(await said("docker compose ps --all")).toBe("plugin ps --all\n");
  expect(await said("docker ps")).toBe("docker ps\n");
});
