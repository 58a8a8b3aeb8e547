import { mkdir, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { buildTool } from "../../../scripts/toolchain/build.ts";
import { COMPOSE } from "../../../scripts/toolchain/tools.ts";
import { candidate, install, refreshLists } from "./apt.ts";
import type { RepairSite } from "./apt.ts";

/** Names of Compose in Ubuntu, in Docker's own packages, and in Debian (whose bookworm has only version 1). */
const PACKAGES = ["docker-compose-v2", "docker-compose-plugin", "docker-compose"];

/** Compose v2 from the distribution if it has it, else built from the Go modules pinned in this project. */
export async function getCompose(site: RepairSite, mayInstall: boolean): Promise<void> {
  if (mayInstall) {
    await refreshLists(site);
    for (const name of PACKAGES) {
      const version = await candidate(site, name);
      if (version !== null && Number.parseInt(version, 10) >= 2) return install(site, [name]);
    }
  }
  const path = await buildTool(COMPOSE, site);
  await linkPlugin(path);
}

/** So that an operator's `docker compose` finds it too. One that is there already stays. */
async function linkPlugin(path: string): Promise<void> {
  const folder = join(process.env["DOCKER_CONFIG"] ?? join(homedir(), ".docker"), "cli-plugins");
  await mkdir(folder, { recursive: true });
  await symlink(path, join(folder, "docker-compose")).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}
