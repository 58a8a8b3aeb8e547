#!/usr/bin/env node
/**
 * The way in: `npm start`, `npm test`, `npm run bench` and `npx firedrill …`. Plain JavaScript that needs nothing but
 * Node 20: it installs the dependencies when they are absent or old, then goes on under the project's own Node 24.
 */
import { spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isRecentEnough, ownNode, PACKED, runUnderOwnNode } from "./own-node.mjs";

/** sysexits.h: EX_USAGE, EX_UNAVAILABLE; the same as harness/scenario/exit-status.ts, which can't be read yet. */
const EXIT = { usage: 64, unavailable: 69 };
const ROOT = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))));

/** Only these need the test runner and the clients of others. */
const DEVELOPING = ["test", "bench"];
const VERBS = {
  start: (args) => ({ main: "node_modules/zx/build/cli.js", args: ["scenarios/failover.mjs", ...args] }),
  test: (args) => ({ main: "scripts/test.ts", args }),
  bench: (args) => ({ main: "scripts/bench/main.ts", args }),
  cli: (args) => ({ main: "harness/cli/main.ts", args }),
};

await main(process.argv.slice(2));

async function main(words) {
  if (PACKED) return runUnder24({ main: "dist/harness/cli/main.js", args: words });
  // Called as `firedrill` through node_modules/.bin, every word belongs to the command line.
  const asProgram = basename(process.argv[1] ?? "") !== "bootstrap.mjs";
  const [verb, ...args] = asProgram ? ["cli", ...words] : words;
  if (!Object.hasOwn(VERBS, verb)) {
    say(`usage: node scripts/bootstrap.mjs ${Object.keys(VERBS).join(" | ")} [arguments]`);
    process.exit(EXIT.usage);
  }
  restoreManifest();
  const whole = DEVELOPING.includes(verb);
  if (!isSetUp(whole)) await setUp(whole);
  await ensureNode24();
  linkProgram();
  await runUnder24(VERBS[verb](args));
}

/** An `npm pack` that died half-way has left package.json pointing to compiled code, see scripts/pack.ts. */
function restoreManifest() {
  const original = join(ROOT, "node_modules", ".firedrill-package.json");
  const age = existsSync(original) ? Date.now() - statSync(original).mtimeMs : 0;
  if (age < 120_000) return;
  say("package.json was left as npm pack had changed it; putting it back");
  copyFileSync(original, join(ROOT, "package.json"));
  rmSync(original);
}

/**
 * Are exactly the locked versions installed, those for development too if the whole is wanted? npm keeps its own record of
 * what is, beside the packages.
 */
function isSetUp(whole) {
  const locked = packagesOf(join(ROOT, "package-lock.json"));
  const installed = packagesOf(join(ROOT, "node_modules", ".package-lock.json"));
  if (locked === null || installed === null) return false;
  return Object.entries(locked).every(([path, wanted]) => {
    if (path === "" || wanted.link || (!whole && wanted.dev)) return true;
    const there = installed[path];
    // Optional packages are those of other platforms.
    return there === undefined
      ? Boolean(wanted.optional || wanted.devOptional)
      : there.version === wanted.version;
  });
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages ?? null;
  } catch {
    return null;
  }
}

async function setUp(whole) {
  const part = whole ? [] : ["--omit=dev"];
  const took = whole ? "two minutes" : "half a minute";
  say(`Setting up: npm ci (about ${took}; longer the first time, when packages are downloaded)`);
  const started = process.hrtime.bigint();
  const seconds = () => Math.round(Number((process.hrtime.bigint() - started) / 1_000_000_000n));
  const beat = setInterval(() => say(`  … still installing (${seconds()} s)`), 10_000);
  const { status, output } = await npm(["ci", ...part, "--prefer-offline", "--no-audit", "--no-fund"]);
  clearInterval(beat);
  if (status === 0) return say(`Set up in ${seconds()} s.`);
  const errors = output.split("\n").filter((line) => /^npm error .|^(?!npm )/.test(line));
  say(errors.slice(0, 12).join("\n"));
  const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENOTCACHED|ENETUNREACH/.test(output);
  say(
    offline
      ? "npm can't reach its registry, and its cache lacks some packages. Connect once and run this again;\n" +
          "behind a mirror or a proxy set it first: npm config set registry <address>"
      : "npm ci failed; its own words are above. After mending it, run this again.",
  );
  process.exit(EXIT.unavailable);
}

/** Runs npm; under `npm start` the very npm that called us. Its output is kept, ours to show when it fails. */
function npm(args) {
  const script = process.env.npm_execpath;
  const viaNode = script !== undefined && /\.c?js$/.test(script);
  const [file, words] = viaNode ? [process.execPath, [script, ...args]] : ["npm", args];
  return new Promise((resolve) => {
    const options = {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      shell: !viaNode && process.platform === "win32",
    };
    const child = spawn(file, words, options);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    child.on("error", (error) => resolve({ status: 127, output: `${file}: ${error.message}` }));
    child.on("close", (status) => resolve({ status: status ?? 1, output }));
  });
}

async function ensureNode24() {
  if (isRecentEnough() || existsSync(ownNode() ?? "")) return;
  say("Node 24 is missing: install scripts are switched off. Running the one of the package `node` …");
  const { output } = await npm(["rebuild", "node", "--ignore-scripts=false"]);
  if (existsSync(ownNode() ?? "")) return;
  say(output.trim().split("\n").slice(-6).join("\n"));
  say(
    "Still missing. Allow the package's script (npm rebuild node --ignore-scripts=false), or use Node 24 yourself.",
  );
  process.exit(EXIT.unavailable);
}

/** So that `npx firedrill …` works in this checkout, where npm links no program of the root package. */
function linkProgram() {
  const folder = join(ROOT, "node_modules", ".bin");
  if (process.platform === "win32" || existsSync(join(folder, "firedrill"))) return;
  mkdirSync(folder, { recursive: true });
  try {
    symlinkSync(join("..", "..", "scripts", "bootstrap.mjs"), join(folder, "firedrill"));
  } catch {
    // Another process was faster, or the folder can't be written to; `npm run firedrill` works without.
  }
}

/** In this process where its Node will do: then no signal and no status has to be passed on. */
async function runUnder24({ main: file, args }) {
  const path = join(ROOT, file);
  if (!isRecentEnough()) return runUnderOwnNode([path, ...args]);
  process.argv = [process.execPath, path, ...args];
  await import(pathToFileURL(path).href);
}

function say(line) {
  process.stderr.write(`${line}\n`);
}
