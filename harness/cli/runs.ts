import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { FiredrillError } from "../error.ts";
import { runsFolder } from "../scenario/run-folder.ts";
import { suggest } from "../suggest.ts";

/** The folder of a run given by path, by folder name, by its short id, or `latest`. @throws USAGE_RUN */
export function runFolder(name: string | undefined): string {
  const runs = runsFolder(process.cwd());
  if (name !== undefined && existsSync(join(name, "events.jsonl"))) return resolve(name);
  const found = name === undefined ? null : findRunFolder(name);
  if (found !== null) return found;
  const names = runNames();
  throw new FiredrillError("USAGE_RUN", name === undefined ? "which run?" : "there is no such run", {
    received: name ?? "nothing",
    expected: `a run's folder or its six-letter id (runs are kept in ${runs})`,
    hint:
      name !== undefined && names.length > 0
        ? suggest(name, names.slice(-10))
        : "npx firedrill ls lists the runs",
  });
}

/** By folder name or short id, among the runs kept for the folder we stand in. */
export function findRunFolder(name: string): string | null {
  const found = runNames().find((it) => it === name || it.endsWith(`-${name}`));
  return found === undefined ? null : join(runsFolder(process.cwd()), found);
}

function runNames(): string[] {
  const runs = runsFolder(process.cwd());
  return existsSync(runs) ? readdirSync(runs) : [];
}
