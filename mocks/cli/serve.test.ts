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
