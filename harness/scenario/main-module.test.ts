import { mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { scriptArguments } from "./main-module.ts";

const folder = mkdtempSync(join(tmpdir(), "firedrill-main-"));
const script = join(folder, "failover.mjs");
writeFileSync(script, "");
symlinkSync(script, join(folder, "link.mjs"));
const url = pathToFileURL(script).href;
const zx = "/somewhere/node_modules/zx/build/cli.js";

describe("is this scenario being run?", () => {
  it("under node: yes, with its arguments", () => {
    expect(scriptArguments(url, ["node", script, "--seed", "1"])).toEqual(["--seed", "1"]);
  });
  it("under node through a link: yes", () => {
    expect(scriptArguments(url, ["node", join(folder, "link.mjs")])).toEqual([]);
  });
  it("under zx: yes, without zx's own flags", () => {
    expect(scriptArguments(url, ["node", zx, "--verbose", script, "--tier", "compose"])).toEqual([
      "--tier",
      "compose",
    ]);
  });
  it("imported by another script: no", () => {
    expect(scriptArguments(url, ["node", join(folder, "other.mjs")])).toBeNull();
    expect(scriptArguments(url, ["node", zx, join(folder, "other.mjs"), script])).toBeNull();
  });
});
