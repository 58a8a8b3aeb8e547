import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";

const LOCK = JSON.stringify({ packages: { "": {}, "node_modules/a": { version: "1.0.0" } } });
const MAIN = "process.stdout.write(JSON.stringify(process.argv.slice(2))); process.exitCode = 11;";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "fd-bootstrap-"));
  for (const folder of ["scripts", "harness/cli"]) mkdirSync(join(root, folder), { recursive: true });
  for (const name of ["bootstrap.mjs", "own-node.mjs"]) {
    copyFileSync(join(import.meta.dirname, name), join(root, "scripts", name));
  }
  writeFileSync(join(root, "package.json"), '{"type":"module"}');
  writeFileSync(join(root, "package-lock.json"), LOCK);
  writeFileSync(join(root, "harness/cli/main.ts"), MAIN);
});
afterEach(() => rmSync(root, { recursive: true }));

/** npm as a script that records its call and then does what a test wants. */
function bootstrap(args: readonly string[], npm = "process.exit(1)") {
  writeFileSync(
    join(root, "npm.cjs"),
    `require("fs").writeFileSync("called", process.argv.slice(2).join(" ")); ${npm}`,
  );
  const env = { npm_execpath: join(root, "npm.cjs") };
  return execa(process.execPath, [join(root, "scripts/bootstrap.mjs"), ...args], { reject: false, env });
}

function install(version: string): string {
  const record = JSON.stringify({ packages: { "node_modules/a": { version } } });
  return `const fs = require("fs"); fs.mkdirSync("node_modules", { recursive: true });
    fs.writeFileSync("node_modules/.package-lock.json", ${JSON.stringify(record)});`;
}

test("a bare clone is set up, and then the real thing runs with its arguments and its exit status", async () => {
  const result = await bootstrap(["cli", "doctor", "--json"], install("1.0.0"));
  expect(result.stdout).toBe('["doctor","--json"]');
  expect(result.exitCode).toBe(11);
  expect(result.stderr).toContain("Setting up: npm ci");
  expect(existsSync(join(root, "node_modules/.bin"))).toBe(true);
});

test("what is installed as locked is not installed again; another version is", async () => {
  mkdirSync(join(root, "node_modules"));
  const record = (version: string) =>
    writeFileSync(
      join(root, "node_modules/.package-lock.json"),
      JSON.stringify({ packages: { "node_modules/a": { version } } }),
    );
  record("1.0.0");
  expect((await bootstrap(["cli"])).exitCode).toBe(11);
  expect(existsSync(join(root, "called"))).toBe(false);
  record("0.9.0");
  expect((await bootstrap(["cli"], install("1.0.0"))).exitCode).toBe(11);
  expect(existsSync(join(root, "called"))).toBe(true);
});

test("what only tests need is installed for tests, and not before", async () => {
  const packages = {
    "": {},
    "node_modules/a": { version: "1.0.0" },
    "node_modules/b": { version: "2.0.0", dev: true },
  };
  writeFileSync(join(root, "package-lock.json"), JSON.stringify({ packages }));
  const called = () => readFileSync(join(root, "called"), "utf8");
  expect((await bootstrap(["cli"], install("1.0.0"))).exitCode).toBe(11);
  expect(called()).toContain("ci --omit=dev");
  rmSync(join(root, "called"));
  expect((await bootstrap(["cli"])).exitCode).toBe(11);
  await bootstrap(["test"], install("1.0.0"));
  expect(called()).toMatch(/^ci (?!.*--omit)/);
});

test("offline, it says so and ends as unavailable", async () => {
  const npm = 'console.error("npm error code ENOTFOUND\\nnpm error network down"); process.exit(1)';
  const result = await bootstrap(["cli"], npm);
  expect(result.exitCode).toBe(69);
  expect(result.stderr).toContain("npm error network down");
  expect(result.stderr).toContain("npm can't reach its registry");
});

test("an unknown verb is a usage error", async () => {
  const result = await bootstrap(["stop"]);
  expect(result.exitCode).toBe(64);
  expect(result.stderr).toContain("start | test | bench | cli");
});
