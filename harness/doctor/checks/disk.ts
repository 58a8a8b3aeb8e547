import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Check, CheckResult } from "../check.ts";

const GIB = 2 ** 30;
/** A run's evidence, a stack's volumes and a build of its images fit into this. */
const ENOUGH_BYTES = 5 * GIB;
const LEAST_BYTES = GIB;

/** Room where runs are kept and where a local engine keeps its images. */
export const disk: Check = {
  id: "disk",
  title: "Disk",
  neededBy: "every tier",
  run: async ({ runsDir, engine }) => {
    const search = await engine;
    const info = search.found ? ((await search.engine.docker.info()) as { DockerRootDir?: string }) : {};
    const rooms = [await roomAt(runsDir)];
    if (info.DockerRootDir !== undefined) {
      // A desktop engine keeps its files inside its own machine, where we cannot look.
      rooms.push(
        ...(await roomAt(info.DockerRootDir, false).then(
          (room) => [room],
          () => [],
        )),
      );
    }
    return judgeRooms(rooms);
  },
};

export interface Room {
  readonly path: string;
  readonly freeBytes: number;
}

export function judgeRooms(rooms: readonly Room[]): CheckResult {
  const details = rooms.map(({ path, freeBytes }) => `${path}: ${(freeBytes / GIB).toFixed(1)} GiB free`);
  const freeBytes = Math.min(...rooms.map((room) => room.freeBytes));
  const summary = `${(freeBytes / GIB).toFixed(1)} GiB free`;
  if (freeBytes >= ENOUGH_BYTES) return { state: "ok", summary, details };
  const fix = `free some room (${ENOUGH_BYTES / GIB} GiB), or set FIREDRILL_RUNS_DIR to another disk`;
  return { state: freeBytes >= LEAST_BYTES ? "partial" : "missing", summary, details, fix };
}

/** The folder may not exist yet; its nearest existing parent is on the disk where it would be. */
async function roomAt(path: string, climb = true): Promise<Room> {
  try {
    const { bavail, bsize } = await statfs(path);
    return { path, freeBytes: bavail * bsize };
  } catch (error) {
    if (!climb || dirname(path) === path) throw error;
    return roomAt(dirname(path));
  }
}
