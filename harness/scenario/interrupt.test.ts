import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const INTERRUPT = join(import.meta.dirname, "interrupt.ts");

/** A run that never ends by itself and tells when it was asked to. */
const RUN = `
  const { catchInterrupts } = await import(${JSON.stringify(INTERRUPT)});
  const { signal } = catchInterrupts("abc123", (line) => console.log(line));
  signal.addEventListener("abort", () => setTimeout(() => console.log("still undoing"), 500));
  setInterval(() => {}, 1_000);
  console.log("ready");
`;

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)(
  "a second %s leaves at once with %i and says how to clean up; an echo of the first does not",
  async (signal, status) => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", RUN]);
    let said = "";
    const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
    child.stdout.on("data", (chunk: Buffer) => {
      const before = said;
      said += chunk.toString();
      const now = (word: string) => said.includes(word) && !before.includes(word);
      if (now("ready")) child.kill(signal);
      if (now("undoing faults")) child.kill(signal);
      if (now("still undoing")) child.kill(signal);
    });
    expect(await exit).toBe(status);
    expect(said).toMatch(/undoing faults[\s\S]*still undoing[\s\S]*npx firedrill cleanup abc123/);
  },
);
