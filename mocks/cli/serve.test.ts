import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, test } from "vitest";

const MAIN = fileURLToPath(new URL("../../harness/cli/main.ts", import.meta.url));

/** `firedrill mocks …` in a process of its own. */
function mocks(...args: string[]) {
  return execa(process.execPath, [MAIN, "mocks", ...args], { reject: false, timeout: 25_000 });
}

test("serve prints a table, answers, and ends cleanly on Ctrl-C; --strict says what was not modelled", async () => {
  const process = mocks(
    "serve",
    "llm",
    "--port",
    "0",
    "--control-port",
    "0",
    "--strict",
    "--set",
    "reply=hello",
  );
  let out = "";
  process.stdout.on("data", (chunk) => (out += String(chunk)));
  await expect.poll(() => out, { timeout: 20_000 }).toContain("ready; Ctrl-C stops");
  const [, api] = /api +http:\/\/(\S+)/.exec(out) ?? [];
  const chat = await fetch(`http://${api}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer x" },
    body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "hi" }] }),
  });
  expect(await chat.json()).toMatchObject({ choices: [{ message: { content: "hello" } }] });
  expect((await fetch(`http://${api}/v1/nothing`)).status).toBe(404);
  process.kill("SIGINT");
  const { exitCode, stdout } = await process;
  expect(stdout).toContain("stopped after 2 requests; 1 asked for something that is not modelled");
  expect(exitCode).toBe(10);
});

/** What anybody would write: the SDK with its own way to the network. */
const SDK = `
import OpenAI from "openai";
const client = new OpenAI({ baseURL: process.argv[1] + "/v1", apiKey: "x", maxRetries: 0, timeout: 5000 });
const messages = [{ role: "user", content: "hi" }];
const answer = client.chat.completions.create({ model: "gpt-4o", messages });
console.log(await answer.then(({ choices }) => choices[0].message.content, ({ cause }) => cause?.cause?.code ?? cause?.code));
`;

test("serve --tls writes whom to trust; an SDK that does so talks https, another does not", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fd-tls-"));
  const ca = join(folder, "ca.pem");
  const ports = ["--port", "0", "--control-port", "0"];
  const serving = mocks("serve", "llm", ...ports, "--tls", ca, "--set", "reply=hello");
  try {
    let out = "";
    serving.stdout.on("data", (chunk) => (out += String(chunk)));
    await expect.poll(() => out, { timeout: 20_000 }).toContain("ready; Ctrl-C stops");
    const [, origin] = /api +(https:\/\/\S+)/.exec(out) ?? [];
    const ask = (env: Record<string, string>) =>
      execa(process.execPath, ["--input-type=module", "-e", SDK, String(origin)], { env, timeout: 20_000 });
    const [trusting, other] = await Promise.all([ask({ NODE_EXTRA_CA_CERTS: ca }), ask({})]);
    expect(trusting.stdout).toBe("hello");
    expect(other.stdout).toMatch(/UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT_LOCALLY/);
  } finally {
    serving.kill("SIGINT");
    await serving;
    rmSync(folder, { recursive: true });
  }
});

test("ls, --fidelity, and help with typing errors", async () => {
  const [ls, fidelity, typo] = await Promise.all([
    mocks("ls"),
    mocks("serve", "llm", "--fidelity"),
    mocks("serve", "lml"),
  ]);
  expect(ls.stdout).toMatch(/^llm +OpenAI/m);
  expect(JSON.parse(fidelity.stdout)).toMatchObject({ mock: "llm" });
  expect([typo.exitCode, typo.stderr]).toEqual([64, expect.stringContaining("did you mean llm?")]);
});
