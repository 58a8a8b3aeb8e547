import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
  findCompose,
  neutralEnvironment,
  requireCompose,
  runCompose,
  type ComposeCli,
} from "./compose-cli.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fd-compose-cli-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function program(path: string, script: string): Promise<string> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

/** Nothing but our own folders, so that this machine's docker is out of sight. */
const env = () => ({
  PATH: join(folder, "path"),
  DOCKER_CONFIG: join(folder, "docker"),
  XDG_CACHE_HOME: folder,
});
const v2 = 'echo "2.40.3"';

it("prefers docker's own plug-in", async () => {
  await program("path/docker", `[ "$1" = compose ] && ${v2}`);
  await program("docker/cli-plugins/docker-compose", v2);
  expect(await findCompose(env())).toEqual({
    found: true,
    cli: { command: ["docker", "compose"], version: "2.40.3" },
  });
});

it("finds the plug-in in the user's plug-in folder, then in our cache", async () => {
  const cached = await program("firedrill/bin/docker-compose", v2);
  expect(await findCompose(env(), [])).toMatchObject({ cli: { command: [cached] } });
  const own = await program("docker/cli-plugins/docker-compose", v2);
  expect(await findCompose(env())).toMatchObject({ cli: { command: [own] } });
});

it("refuses version 1 and says everything it tried", async () => {
  await program("path/docker-compose", "echo 1.29.2");
  expect(await findCompose(env(), [])).toEqual({
    found: false,
    tried: ["docker compose: not installed", "docker-compose: version 1.29.2 is too old"],
  });
  await expect(requireCompose(env(), [])).rejects.toMatchObject({
    code: "ENV_COMPOSE",
    received: expect.stringContaining("1.29.2"),
  });
});

const run = (script: string, options: { timeoutMs?: number; signal?: AbortSignal } = {}) =>
  program("compose", script).then((file) =>
    runCompose({ command: [file], version: "2" } satisfies ComposeCli, {
      args: ["up"],
      env: {},
      timeoutMs: options.timeoutMs ?? 60_000,
      signal: options.signal ?? new AbortController().signal,
    }),
  );

it("hands back output, and failure with its complaint", async () => {
  expect(await run("echo $1")).toMatchObject({ ok: true, stdout: "up" });
  expect(await run("echo broken >&2; exit 3")).toMatchObject({ ok: false, complaint: "broken" });
});

it("ends a command that takes too long", async () => {
  expect(await run("exec sleep 100", { timeoutMs: 100 })).toMatchObject({
    ok: false,
    complaint: expect.stringContaining("no end after 0.1 s"),
  });
});

it("throws when it was interrupted", async () => {
  const controller = new AbortController();
  const running = run("exec sleep 100", { signal: controller.signal });
  controller.abort();
  await expect(running).rejects.toMatchObject({ code: "RUN_INTERRUPTED" });
});

it("keeps the user's own Compose settings and context out", () => {
  expect(neutralEnvironment({ COMPOSE_FILE: "x", DOCKER_CONTEXT: "y", HOME: "/h", NONE: undefined })).toEqual(
    {
      HOME: "/h",
    },
  );
});
