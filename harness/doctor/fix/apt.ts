import { FiredrillError } from "../../error.ts";
import { announced } from "../../stack/images/index.ts";
import type { Machine } from "./machine.ts";

/** What a repair needs while it works. */
export interface RepairSite {
  readonly machine: Machine;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

/** Older lists name package files that the mirrors no longer have. */
const LISTS_FRESH_FOR = "-mtime -1";

/** `apt-get update`, when the package lists are absent or older than a day. @throws ENV_TOOL */
export async function refreshLists(site: RepairSite): Promise<void> {
  const fresh = `find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' ${LISTS_FRESH_FOR} | grep -q .`;
  if ((await site.machine.run("sh", ["-c", fresh], site.signal)).exitCode === 0) return;
  await aptGet(site, ["refreshing", "refreshed"], "the package lists", 10, ["update"]);
}

/** Installs packages without their recommendations and without a question. @throws ENV_TOOL */
export async function install(site: RepairSite, names: readonly string[]): Promise<void> {
  await refreshLists(site);
  const offered: string[] = [];
  for (const name of names) if ((await candidate(site, name)) !== null) offered.push(name);
  if (offered.length === 0) return;
  const args = ["install", "-y", "--no-install-recommends", ...offered];
  await aptGet(site, ["installing", "installed"], offered.join(", "), 30, args);
}

/** The version that apt would install, e.g. `2.26.1-4`; `null` when it has none. */
export async function candidate(site: RepairSite, name: string): Promise<string | null> {
  const { output } = await site.machine.run("apt-cache", ["policy", name], site.signal);
  const version = /Candidate: (?:\d+:)?(\S+)/.exec(output)?.[1];
  return version === undefined || version === "(none)" ? null : version;
}

async function aptGet(
  site: RepairSite,
  verb: readonly [string, string],
  what: string,
  estimateSeconds: number,
  args: readonly string[],
): Promise<void> {
  // Another apt may be at work, e.g. unattended upgrades: wait for it instead of failing.
  const patient = ["-o", "DPkg::Lock::Timeout=300", ...args];
  const { exitCode, output } = await announced({ verb, what, estimateSeconds, progress: site.progress }, () =>
    site.machine.run("apt-get", patient, site.signal),
  );
  if (exitCode === 0) return;
  throw new FiredrillError("ENV_TOOL", `apt-get ${args[0]} failed`, {
    received: output.trim().split("\n").slice(-6).join("\n            "),
    hint: `look at it yourself: apt-get ${args.join(" ")}`,
  });
}
