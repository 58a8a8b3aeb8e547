import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectionOptions, engineStrategies, type Surroundings } from "./engine-strategies.ts";
import { findEngine, requireEngine } from "./engine.ts";

let home: string;
const servers: Server[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "fd-engine-"));
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await rm(home, { recursive: true });
});

const around = (env: Record<string, string> = {}): Surroundings => ({
  env,
  home,
  uid: 1000,
  platform: "linux",
});

/** Speaks as much of the engine's API as the search asks for. */
async function engineAt(path: string, apiVersion: string) {
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ Version: "99.0", ApiVersion: apiVersion }));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
}

async function dockerContext(name: string, host: string) {
  const folder = join(home, ".docker", "contexts", "meta", createHash("sha256").update(name).digest("hex"));
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, "meta.json"),
    JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }),
  );
  await writeFile(join(home, ".docker", "config.json"), JSON.stringify({ currentContext: name }));
}

describe("engineStrategies", () => {
  it("tries DOCKER_HOST alone when it is set", async () => {
    const strategies = await engineStrategies(around({ DOCKER_HOST: "unix:///dead.sock" }));
    expect(strategies).toEqual([
      {
        name: "DOCKER_HOST=unix:///dead.sock",
        host: "unix:///dead.sock",
        options: { socketPath: "/dead.sock" },
        decisive: true,
      },
    ]);
  });

  it("tries the current context, the system's socket, then rootless and desktop ones", async () => {
    await dockerContext("mine", "unix:///mine.sock");
    const hosts = (await engineStrategies(around())).map(({ host }) => host);
    expect(hosts.slice(0, 4)).toEqual([
      "unix:///mine.sock",
      "unix:///var/run/docker.sock",
      "unix:///run/user/1000/docker.sock",
      `unix://${home}/.docker/run/docker.sock`,
    ]);
  });

  it("takes a context that was asked for as decisive, and says when there is none of that name", async () => {
    const [only, ...others] = await engineStrategies(around({ DOCKER_CONTEXT: "gone" }));
    expect(others).toEqual([]);
    expect(only).toMatchObject({ decisive: true, options: { rejected: "there is no such context" } });
  });
});

describe("connectionOptions", () => {
  it.each([
    ["unix:///var/run/docker.sock", { socketPath: "/var/run/docker.sock" }],
    ["tcp://127.0.0.1:2375", { protocol: "http", host: "127.0.0.1", port: 2375 }],
    ["tcp://example.com:2375", { rejected: expect.stringContaining("another machine") }],
    ["ssh://me@example.com", { rejected: expect.stringContaining("neither") }],
    ["nonsense", { rejected: expect.stringContaining("neither") }],
  ])("%s", (host, expected) => {
    expect(connectionOptions(host)).toEqual(expected);
  });
});

describe("findEngine", () => {
  it("uses the first that answers and keeps what became of the others", async () => {
    await mkdir(join(home, ".docker", "run"), { recursive: true });
    const old = join(home, "old.sock");
    const good = join(home, ".docker", "run", "docker.sock");
    await engineAt(old, "1.40");
    await engineAt(good, "1.41");
    await dockerContext("old", `unix://${old}`);
    // The system's own socket may or may not answer on the machine of this test; a rootless one cannot.
    const search = await findEngine(around({ XDG_RUNTIME_DIR: join(home, "run") }));
    expect(search.found).toBe(true);
    expect(search.strategies[0]).toMatchObject({
      outcome: "rejected",
      detail: "API 1.40 is too old (need 1.41)",
    });
    expect(search.strategies.at(-1)?.outcome).toBe("used");
  });

  it("does not look elsewhere when the user's choice is dead", async () => {
    const dead = { DOCKER_HOST: `unix://${join(home, "dead.sock")}` };
    expect(await findEngine(around(dead))).toEqual({
      found: false,
      strategies: [
        { name: `DOCKER_HOST=${dead.DOCKER_HOST}`, outcome: "rejected", detail: "no such socket" },
      ],
    });
    await expect(requireEngine(around(dead))).rejects.toMatchObject({
      code: "ENV_ENGINE",
      received: expect.stringContaining("no such socket"),
      hint: "npx firedrill doctor --fix",
    });
  });
});
