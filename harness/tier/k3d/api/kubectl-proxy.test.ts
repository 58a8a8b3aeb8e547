import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startKubectlProxy } from "./kubectl-proxy.ts";

let folder = "";
/** Stands in for kubectl: notes its process number, says it is ready, and stays. */
const fake = (name: string, lines: string) => {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${lines}\n`);
  chmodSync(file, 0o755);
  return file;
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "fd-proxy-test-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function gone(pid: number): Promise<boolean> {
  for (let attempt = 0; attempt < 100 && lives(pid); attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return !lives(pid);
}

const staying = (note: string) =>
  fake(`kubectl-${note}`, `echo $$ > ${folder}/${note}; echo Starting to serve; exec sleep 600`);
const noted = (note: string) => Number(readFileSync(join(folder, note), "utf8"));

/** A process of its own that starts the proxy and then does `then`. */
function programWith(kubectl: string, then: string) {
  const program = `
    const { startKubectlProxy } = await import(${JSON.stringify(join(import.meta.dirname, "kubectl-proxy.ts"))});
    const proxy = await startKubectlProxy(${JSON.stringify(kubectl)}, "none");
    ${then}`;
  return spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

describe("the proxy's life", () => {
  test("disposal ends it and removes its folder", async () => {
    const proxy = await startKubectlProxy(staying("disposed"), "none");
    expect(lives(noted("disposed"))).toBe(true);
    await proxy[Symbol.asyncDispose]();
    expect(await gone(noted("disposed"))).toBe(true);
    expect(existsSync(dirname(proxy.socketPath))).toBe(false);
  });

  test("a runner with nothing else to do sees the end of it, whoever still holds its output", async () => {
    const held = fake("kubectl-held", "echo Starting to serve; sleep 1 & exec sleep 600");
    const runner = programWith(held, "await proxy[Symbol.asyncDispose](); console.log('ended');");
    const [said] = await Promise.all([runner.stdout.toArray(), once(runner, "exit")]);
    expect(Buffer.concat(said as Buffer[]).toString()).toBe("ended\n");
  });

  test("it does not outlive a runner that is killed", async () => {
    const runner = programWith(
      staying("orphan"),
      "console.log(proxy.socketPath); process.kill(process.pid, 'SIGKILL');",
    );
    const [chunk] = (await once(runner.stdout, "data")) as [Buffer];
    expect(await gone(noted("orphan"))).toBe(true);
    await expect.poll(() => existsSync(dirname(chunk.toString().trim()))).toBe(false);
  });

  test("one that ends at once is an error with its own words", async () => {
    const broken = fake("kubectl-broken", "echo no such context >&2; exit 3");
    await expect(startKubectlProxy(broken, "none")).rejects.toMatchObject({
      code: "ENV_TOOL",
      received: "exit status 3: no such context",
    });
  });
});
