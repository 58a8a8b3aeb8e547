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
afterAll(() => rmSync(folder, { recursive: true, force: true }));

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

    const program = join(user, "node_modules", ".bin", "firedrill");
    const tiers = await execa(program, ["tiers", "--json"], { cwd: user });
    expect(JSON.parse(tiers.stdout)).toHaveProperty("kill.sim");
    expect(existsSync(join(user, "node_modules", "firedrill", "harness"))).toBe(false);
  },
);
