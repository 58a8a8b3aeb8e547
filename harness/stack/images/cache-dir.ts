import { homedir } from "node:os";
import { join } from "node:path";

/** This user's cache: locks, built tools. Safe to delete at any time; nothing of a run lives here. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  const base = env["XDG_CACHE_HOME"];
  return join(base !== undefined && base !== "" ? base : join(homedir(), ".cache"), "firedrill");
}
