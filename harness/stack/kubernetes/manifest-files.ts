import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** More files than this in one folder are taken for the wrong folder. */
const MAX_FILES = 500;

/** A manifest file, or those of a folder as `kubectl apply -f` takes them; null when there is nothing at the path. */
export async function manifestFiles(path: string): Promise<string[] | null> {
  const info = await stat(path).catch(() => null);
  if (info === null) return null;
  if (!info.isDirectory()) return [path];
  const names = (await readdir(path)).filter((file) => /\.(ya?ml|json)$/.test(file)).toSorted();
  return names.length > MAX_FILES ? null : names.map((file) => join(path, file));
}
