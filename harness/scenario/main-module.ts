import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * Was this module started by a person (`zx x.mjs`, `node x.mjs`) rather than imported? Under zx the process's
 * main module is zx itself, and the script is its first argument that is no flag.
 * Returns the arguments meant for the script, or null.
 */
export function scriptArguments(moduleUrl: string, argv: readonly string[]): readonly string[] | null {
  const file = realpath(fileURLToPath(moduleUrl));
  const [, main = "", ...rest] = argv;
  if (realpath(main) === file) return rest;
  if (!isZx(main)) return null;
  const at = rest.findIndex((argument) => !argument.startsWith("-"));
  return at !== -1 && realpath(rest[at]!) === file ? rest.slice(at + 1) : null;
}

function isZx(main: string): boolean {
  return (
    /(^|[\\/])zx([\\/]build[\\/]cli\.(c?js|mjs))?$/.test(realpath(main)) || /[\\/]\.bin[\\/]zx$/.test(main)
  );
}

function realpath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
