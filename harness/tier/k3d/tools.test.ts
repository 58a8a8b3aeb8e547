import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findKubernetesTools, requireKubernetesTools } from "./tools.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fd-tools-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function program(path: string, answer: string): Promise<string> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${answer}\n`);
  await chmod(file, 0o755);
  return file;
}

const env = () => ({ PATH: join(folder, "path"), XDG_CACHE_HOME: join(folder, "cache") });

test("what is on the path comes first, what is too old there is passed over", async () => {
  const k3d = await program("path/k3d", "echo 'k3d version v5.7.1\nk3s version v1.28.8-k3s1 (default)'");
  await program("path/kubectl", "echo 'Client Version: v1.20.2'");
  await program("cache/firedrill/bin/k3d", "echo 'k3d version v5.9.0'");
  const kubectl = await program("cache/firedrill/bin/kubectl", "echo 'Client Version: v1.34.3'");
  const helm = await program("cache/firedrill/bin/helm", "echo v4.0.1+g12500dd");
  expect(await requireKubernetesTools(env())).toEqual({
    k3d: { path: k3d, version: "5.7.1" },
    kubectl: { path: kubectl, version: "1.34.3" },
    helm: { path: helm, version: "4.0.1" },
  });
});

test("the error says what was tried and what to do", async () => {
  await program("path/k3d", "echo 'k3d version v5.9.0'");
  await program("path/kubectl", "exit 3");
  const old = await program("path/helm", "echo v3.11.0+g0");
  expect((await findKubernetesTools(env())).k3d).toMatchObject({ version: "5.9.0" });
  await expect(requireKubernetesTools(env())).rejects.toMatchObject({
    code: "ENV_TOOL",
    message: "the k3d tier needs kubectl, helm",
    received: expect.stringContaining(`${old}: version 3.11.0 is older than 3.12`),
    expected: "kubectl 1.30 or newer, helm 3.12 or newer",
    hint: "npx firedrill doctor --fix",
  });
});
