import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { firedrill, leftovers, runIdOf, seen } from "./testkit/killed-run.testkit.ts";
import { recorded, shopProject } from "./testkit/shop-project.testkit.ts";

/** Runs the shop on k3d as a person would, in this environment. */
function rehearse(folder: string, env: Readonly<Record<string, string>>) {
  const { VITEST: _, ...own } = process.env;
  return execa(process.execPath, ["shop.mjs", "--tier", "k3d", "--seed", "1"], {
    cwd: folder,
    env: { ...own, ...env },
    extendEnv: false,
    reject: false,
    all: true,
  });
}

/** A Docker socket that can be taken away: everything on it goes to the real one until then. */
async function vanishingEngine() {
  const path = join(mkdtempSync(join(tmpdir(), "fd-engine-")), "s");
  const sockets = new Set<Socket>();
  // Who sends an archive says its end and still listens.
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const engine = connect({ path: "/var/run/docker.sock", allowHalfOpen: true });
    for (const socket of [client, engine]) {
      sockets.add(socket);
      socket.on("error", () => undefined).once("close", () => sockets.delete(socket));
    }
    client.pipe(engine).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    host: `unix://${path}`,
    vanish() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

describe("D14: what the k3d tier lacks is said, and nothing is left", () => {
  it("a kubeconfig of the user's that leads elsewhere is neither read nor written", async () => {
    const home = mkdtempSync(join(tmpdir(), "fd-home-"));
    const theirs = join(home, "config");
    const text = "apiVersion: v1\nkind: Config\ncurrent-context: production\n";
    writeFileSync(theirs, text);
    const folder = shopProject();
    const { exitCode, all } = await rehearse(folder, { KUBECONFIG: theirs });
    expect(exitCode, all).toBe(0);
    expect(readFileSync(theirs, "utf8")).toBe(text);
    expect(await leftovers(runIdOf(folder))).toEqual([]);
  });

  it("an engine that goes away in the middle ends the run; once it is back, cleanup removes the rest", async () => {
    const engine = await vanishingEngine();
    const folder = shopProject();
    const run = rehearse(folder, { DOCKER_HOST: engine.host });
    await seen(folder, '"kind":"fault.confirmed","fault":"cut"');
    engine.vanish();
    const { exitCode, all } = await run;
    expect([69, 70, 11], all).toContain(exitCode);
    expect(all).toContain("firedrill");
    expect(recorded(folder)).toContain('"kind":"run.ended"');
    await firedrill(folder, "down", runIdOf(folder));
    expect(await leftovers(runIdOf(folder))).toEqual([]);
  });
});
