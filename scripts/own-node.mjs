/**
 * The Node that Firedrill brings as a dependency, for machines whose own is older. Plain JavaScript for Node 20.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** In the package everything is compiled, and the package manager has installed the dependencies. */
export const PACKED = !existsSync(join(ROOT, "harness"));
/** What compiled code needs, and what TypeScript is run with. */
const ENOUGH = PACKED ? [22, 18] : [24, 0];
/** EX_UNAVAILABLE of sysexits.h, as in harness/scenario/exit-status.ts, which can't be read yet. */
const UNAVAILABLE = 69;

export function isRecentEnough() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  return major > ENOUGH[0] || (major === ENOUGH[0] && minor >= ENOUGH[1]);
}

/** The program of the npm package `node`. A package manager that runs no install scripts leaves it out. */
export function ownNode() {
  const file = process.platform === "win32" ? "node.exe" : "node";
  try {
    return join(dirname(createRequire(import.meta.url).resolve("node/package.json")), "bin", file);
  } catch {
    return null;
  }
}

/** Runs `words` under our own Node in this process's place: its streams, its signals, its exit status. Never returns. */
export function runUnderOwnNode(words) {
  const node = ownNode();
  if (node === null || !existsSync(node)) {
    const wanted = `Firedrill needs Node ${ENOUGH.join(".")} or newer, or its dependency \`node\``;
    process.stderr.write(`${wanted}; this is ${process.version}. Set it up with: npm ci\n`);
    process.exit(UNAVAILABLE);
  }
  passThrough(spawn(node, words, { stdio: "inherit" }));
  return new Promise(() => {});
}

function passThrough(child) {
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  // A terminal gives Ctrl-C to both of us; passed on, it would count as the second one, "leave at once".
  process.on("SIGINT", () => onTerminal || child.kill("SIGINT"));
  for (const name of ["SIGTERM", "SIGHUP"]) process.on(name, () => child.kill(name));
  child.on("error", (error) => {
    process.stderr.write(`Node 24 can't be started: ${error.message}\n`);
    process.exit(UNAVAILABLE);
  });
  child.on("exit", (status, signal) => {
    if (signal === null) process.exit(status);
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}
