import { explainError, FiredrillError } from "../error.ts";
import { EXIT, exitStatusOfError } from "../scenario/exit-status.ts";
import { suggest } from "../suggest.ts";
import type { Command } from "./command.ts";

/** Loaded on demand, so that `rejudge` needs no Docker client. */
const COMMANDS: Readonly<Record<string, () => Promise<{ command: Command }>>> = {
  doctor: () => import("./doctor.ts"),
  tiers: () => import("./tiers.ts"),
  ls: () => import("./ls.ts"),
  down: () => import("./down.ts"),
  cleanup: () => import("./cleanup.ts"),
  rejudge: () => import("./rejudge.ts"),
  mocks: () => import("./mocks.ts"),
};

process.exitCode = EXIT.noVerdict;
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${explainError(error)}\n`);
  if (process.env["DEBUG"]?.includes("firedrill")) console.error(error);
  process.exitCode = exitStatusOfError(error);
}

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === "help" || name === "--help" || name === "-h") return help();
  const load = COMMANDS[name];
  if (load === undefined) {
    throw new FiredrillError("USAGE_FLAG", "there is no such command", {
      received: name,
      expected: Object.keys(COMMANDS).join(", "),
      hint: suggest(name, Object.keys(COMMANDS), (it) => `npx firedrill ${it}`),
    });
  }
  return (await load()).command.run(args);
}

async function help(): Promise<number> {
  const loaded = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  const lines = loaded.map(({ command }) => `  ${command.usage.padEnd(36)}${command.summary}`);
  process.stdout.write(
    [
      "Firedrill rehearses production failures on this machine and returns GO, NO-GO or HOLD.",
      "",
      "A scenario is a script:   npx zx scenarios/failover.mjs --help",
      "Everything around it:     npx firedrill <command>",
      "",
      ...lines,
      "",
    ].join("\n"),
  );
  return EXIT.go;
}
