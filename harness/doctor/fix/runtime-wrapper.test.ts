import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeRuntimeWrapper } from "./runtime-wrapper.ts";
import { wrapperScript } from "./wrapper-script.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "fd-wrapper-"));
  writeFileSync(join(folder, "runc"), '#!/bin/sh\necho "runc $*"\n');
  writeFileSync(join(folder, "wrapper"), wrapperScript(["/nowhere/runc", join(folder, "runc")]));
  chmodSync(join(folder, "runc"), 0o755);
  chmodSync(join(folder, "wrapper"), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

const capabilities = { bounding: ["CAP_KILL", "CAP_SYS_RESOURCE"], effective: ["CAP_SYS_RESOURCE"] };
const lighter = { bounding: ["CAP_KILL"], effective: [] };
const run = (...args: string[]) => execFileSync(join(folder, "wrapper"), args, { encoding: "utf8" });
const hasJq = spawnSync("jq", ["--version"]).status === 0;

// The wrapper is installed together with jq; where jq is absent there is nothing to test.
test.skipIf(!hasJq)("a bundle loses the capability and the negative score, and keeps the rest", () => {
  const process = { args: ["echo", "CAP_SYS_RESOURCE"], capabilities, oomScoreAdj: -500 };
  writeFileSync(join(folder, "config.json"), JSON.stringify({ process, root: { path: "x" } }));
  expect(run("create", "--bundle", folder, "id")).toBe(`runc create --bundle ${folder} id\n`);
  expect(JSON.parse(readFileSync(join(folder, "config.json"), "utf8"))).toEqual({
    process: { args: ["echo", "CAP_SYS_RESOURCE"], capabilities: lighter, oomScoreAdj: 0 },
    root: { path: "x" },
  });
});

test.skipIf(!hasJq)("so does the process of an exec, with either way of writing the option", () => {
  const file = join(folder, "process.json");
  writeFileSync(file, JSON.stringify({ capabilities, args: ["sh"] }));
  run("exec", `--process=${file}`, "id");
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ capabilities: lighter, args: ["sh"] });
});

test("other calls go through as they are", () => {
  expect(run("state", "id")).toBe("runc state id\n");
});

test("the engine is told to use the wrapper by default", async () => {
  const written = new Map<string, { text: string; mode: number }>();
  await writeRuntimeWrapper({
    write: async (path, text, mode) => void written.set(path, { text, mode }),
  });
  const config = JSON.parse(written.get("/etc/docker/daemon.json")?.text ?? "") as {
    "default-runtime": string;
    runtimes: Record<string, { path: string }>;
  };
  const path = config.runtimes[config["default-runtime"]]?.path ?? "";
  expect(written.get(path)).toMatchObject({ mode: 0o755, text: expect.stringMatching(/^#!\/bin\/sh\n/) });
});
