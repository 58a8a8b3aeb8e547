import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { execaSync } from "execa";
import { FiredrillError } from "../harness/error.ts";

/**
 * `npm pack` calls this before (`prepare`) and after (`restore`): Node strips no types under node_modules, so the
 * package carries compiled code, and for as long as npm reads it package.json points to that.
 */
const ROOT = join(import.meta.dirname, "..");
const MANIFEST = join(ROOT, "package.json");
/** Where bootstrap.mjs looks too, should the pack die half-way. */
const ORIGINAL = join(ROOT, "node_modules", ".firedrill-package.json");
const DIST = join(ROOT, "dist");
/** Folders whose code is compiled; their other files (shell for images, pinned modules) go along. */
const PACKED = ["harness", "mocks", "scripts/images", "scripts/toolchain"];

const verb = process.argv[2];
if (verb === "prepare") prepare();
else if (verb === "restore") restore();
else throw new FiredrillError("USAGE_FLAG", "pack.ts needs a verb", { expected: "prepare or restore" });

function prepare(): void {
  restore();
  rmSync(DIST, { recursive: true, force: true });
  const tsc = join(ROOT, "node_modules", ".bin", "tsc");
  execaSync(tsc, ["-p", "tsconfig.build.json"], { cwd: ROOT, stdio: "inherit" });
  for (const folder of PACKED)
    cpSync(join(ROOT, folder), join(DIST, folder), { recursive: true, filter: isAsset });
  const text = readFileSync(MANIFEST, "utf8");
  writeFileSync(ORIGINAL, text);
  writeFileSync(
    `${MANIFEST}.packed`,
    `${JSON.stringify(packedManifest(JSON.parse(text) as Manifest), null, 2)}\n`,
  );
  renameSync(`${MANIFEST}.packed`, MANIFEST);
}

/** Safe to call when nothing was swapped. */
function restore(): void {
  if (!existsSync(ORIGINAL)) return;
  writeFileSync(`${MANIFEST}.unpacked`, readFileSync(ORIGINAL));
  renameSync(`${MANIFEST}.unpacked`, MANIFEST);
  rmSync(ORIGINAL);
}

interface Manifest {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** Every export that is TypeScript has moved (scripts/entry.mjs finds its own by itself), and nobody builds there. */
function packedManifest(manifest: Manifest): Record<string, unknown> {
  const { devDependencies: _, scripts: __, ...rest } = manifest;
  const exports = Object.entries(manifest.exports).map(([name, target]) => [name, packedTarget(target)]);
  return { ...rest, exports: Object.fromEntries(exports) as unknown };
}

/** `"./mocks/index.ts"`, or what `types` and `default` lead to. */
function packedTarget(target: unknown): unknown {
  if (typeof target === "string") {
    if (!target.endsWith(".ts")) return target;
    const compiled = target.replace("./", "./dist/").slice(0, -".ts".length);
    return { types: `${compiled}.d.ts`, default: `${compiled}.js` };
  }
  const { types, ...others } = target as Record<string, string>;
  const moved = String(types).replace("./", "./dist/").replace(/\.ts$/, ".d.ts");
  return { types: moved, ...others };
}

/** Folders, and every file that the compiler leaves out. */
function isAsset(path: string): boolean {
  return ![".ts", ".md"].includes(extname(path));
}
