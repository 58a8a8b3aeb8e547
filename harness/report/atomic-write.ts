import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { FiredrillError } from "../error.ts";

/**
 * Writes a file whole or not at all: under a temporary name beside it, flushed to disk, then renamed.
 * @throws ENV_DISK when there is no room; other file-system errors as they are. Nothing half-written stays.
 */
export function atomicWrite(path: string, content: string): void {
  const partial = join(dirname(path), `.${basename(path)}.partial`);
  try {
    writeFlushed(partial, content);
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw diskError(error, path);
  }
}

function writeFlushed(path: string, content: string): void {
  const file = openSync(path, "w");
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** "No space left" and "quota exceeded" become a FiredrillError; anything else comes back as it is. */
function diskError(error: unknown, path: string): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code !== "ENOSPC" && code !== "EDQUOT") return error;
  return new FiredrillError("ENV_DISK", `no space left to write ${basename(path)}`, {
    received: `${code} in ${dirname(path)}`,
    expected: "a few free megabytes for the report",
    hint: "free some space, then write the report again: npx firedrill rejudge <run>",
    cause: error,
  });
}
