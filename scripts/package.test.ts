import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");
/** What `npm pack` reads. A copy, because it changes package.json for a while and other tests import by it. */
const SOURCES = ["harness", "mocks", "scripts", "package.json", "tsconfig.json", "tsconfig.build.json"];

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "fd-package-"))));
// Thousands of files, on a disk that others use too.
afterAll(() => rmSync(folder, { recursive: true, force: true }), 120_000);

const MODEL = `export default async (host) => {
  await host.serve(8080, async () => ({ status: 200, headers: {}, body: "ok" }));
};
`;
const COMPOSE = `services:
  web:
    image: node:24
    ports: ["8080"]
    restart: always
    x-firedrill: { model: ./model.mjs }
`;
const SCENARIO = `import { fault, must, probe, scenario } from "firedrill";
export default await scenario(import.meta, {
  title: "The web service crashes and comes back",
  stack: "compose.yaml",
  probes: { web: probe.http("http://web:8080/", { every: "500ms" }) },
  faults: [fault.pause("web", { duration: "5s" })],
  criteria: { back: must.recover("web", { within: "30s", hold: "5s" }) },
});
`;

/** What a user's unit test does with a mock, and what happens without an optional package. */
const UNIT_TEST = `import { createMock, llmMock, serveMock } from "firedrill/mocks";
const mock = createMock(llmMock, { settings: { reply: "Because." } });
const server = await serveMock(mock, { host: "127.0.0.1", ports: { api: 0 }, controlPort: 0 });
const response = await fetch("http://127.0.0.1:" + server.ports.api + "/v1/chat/completions", {
  method: "POST",
  headers: { authorization: "Bearer x" },
  body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Why?" }] }),
});
console.log((await response.json()).choices[0].message.content);
await server.close();
await import("firedrill/mocks/msw").catch((error) => console.log(error.message + ": " + error.hint));
`;

test(
  "packed and installed elsewhere, a scenario of ten lines runs on sim",
  { timeout: 180_000 },
  async () => {
    const checkout = join(folder, "checkout");
    for (const name of SOURCES) cpSync(join(ROOT, name), join(checkout, name), { recursive: true });
    // tsc and the compiled code's dependencies; npm writes nothing into it.
    mkdirSync(join(checkout, "node_modules"));
    for (const name of readdirSync(join(ROOT, "node_modules"))) {
      symlinkSync(join(ROOT, "node_modules", name), join(checkout, "node_modules", name));
    }
    const before = readFileSync(join(checkout, "package.json"), "utf8");
    await execa("npm", ["pack"], { cwd: checkout });
    expect(readFileSync(join(checkout, "package.json"), "utf8")).toBe(before);
    const tarball = readdirSync(checkout).find((name) => name.endsWith(".tgz"));

    const user = join(folder, "user");
    mkdirSync(user);
    writeFileSync(join(user, "package.json"), '{ "private": true }');
    // Install scripts compile optional parts of other packages for half a minute, and fetch the Node that runs this.
    const quick = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
    await execa("npm", ["install", "-D", join(checkout, String(tarball)), ...quick], { cwd: user });
    writeFileSync(join(user, "model.mjs"), MODEL);
    writeFileSync(join(user, "compose.yaml"), COMPOSE);
    writeFileSync(join(user, "drill.mjs"), SCENARIO);
    const run = await execa(process.execPath, ["drill.mjs"], { cwd: user, reject: false, all: true });
    expect(run.all).toContain("GO");
    expect(run.exitCode).toBe(0);

    writeFileSync(join(user, "unit.mjs"), UNIT_TEST);
    const unit = await execa(process.execPath, ["unit.mjs"], { cwd: user });
    expect(unit.stdout.split("\n")).toEqual([
      "Because.",
      "this way into a test goes through msw, which is not installed: npm i -D msw",
    ]);

    const program = join(user, "node_modules", ".bin", "firedrill");
    const tiers = await execa(program, ["tiers", "--json"], { cwd: user });
    expect(JSON.parse(tiers.stdout)).toHaveProperty("kill.sim");
    expect(existsSync(join(user, "node_modules", "firedrill", "harness"))).toBe(false);
  },
);
