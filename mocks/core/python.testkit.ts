import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

const CACHE = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "firedrill", "python");

/**
 * The interpreter of a virtual environment that holds these packages (`["boto3==1.42.1"]`), made on first use and kept
 * in the user's cache under a hash of the list. Whoever comes second while it is being made uses the first one's.
 *
 * @throws when Python, its venv module or the package index can't be had; the message is theirs.
 */
export async function pythonWith(packages: readonly string[]): Promise<string> {
  const key = createHash("sha256").update(packages.toSorted().join("\n")).digest("hex").slice(0, 16);
  const home = join(CACHE, key);
  const python = join(home, "bin", "python");
  if (existsSync(python)) return python;
  const making = `${home}.${process.pid}`;
  mkdirSync(CACHE, { recursive: true });
  try {
    await execa("python3", ["-m", "venv", making]);
    await execa(join(making, "bin", "python"), ["-m", "pip", "install", "--quiet", ...packages]);
    renameSync(making, home);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    if (!existsSync(python)) throw error;
  }
  return python;
}
