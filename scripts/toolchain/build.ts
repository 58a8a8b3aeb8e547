import { access, mkdir, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { FiredrillError } from "../../harness/error.ts";
import { cacheDir } from "../../harness/stack/images/cache-dir.ts";
import { withBuildLock } from "../../harness/stack/images/build-lock.ts";
import { systemClock } from "../../harness/time/system-clock.ts";
import { NEWEST_GO } from "./tools.ts";
import type { PinnedTool } from "./tools.ts";

const TELL_EVERY_MS = 10_000;
const DEADLINE_MS = 20 * 60_000;
/** Beside what is on the path, where Go's own archive and Debian's packages put it. */
const GO_PLACES = ["go", "/usr/local/go/bin/go", "/usr/lib/go/bin/go"];

export interface BuildToolOptions {
  readonly signal: AbortSignal;
  readonly progress?: (line: string) => void;
}

/** Where a built tool is found, under a name that does not change with its version. */
export const toolPath = (tool: PinnedTool): string => join(cacheDir(), "bin", tool.name);

/**
 * Builds a pinned tool into the user's cache and returns its path. A tool of this version that is there already
 * is not built again; an interrupted build goes on where Go's build cache ends.
 * @throws ENV_TOOL when there is no Go, or the build fails.
 */
export async function buildTool(tool: PinnedTool, options: BuildToolOptions): Promise<string> {
  const path = toolPath(tool);
  const versioned = `${path}-${tool.version}`;
  await mkdir(join(cacheDir(), "bin"), { recursive: true });
  await withBuildLock(tool.name, options, async () => {
    if (!(await exists(versioned))) await compile(tool, versioned, options);
    // Made aside and renamed, so that the name always leads to a whole program.
    const link = `${path}.${process.pid}`;
    await rm(link, { force: true });
    await symlink(versioned, link);
    await rename(link, path);
  });
  return path;
}

async function compile(tool: PinnedTool, output: string, options: BuildToolOptions): Promise<void> {
  const go = await findGo();
  const clock = systemClock();
  const seconds = () => Math.round(clock.nowMs() / 1000);
  const progress = options.progress ?? (() => {});
  progress(`building ${tool.name} ${tool.version} from Go modules, about ${tool.estimateSeconds} s`);
  const variables = Object.entries(tool.versionVariables).map(([name, value]) => `-X ${name}=${value}`);
  const ldflags = ["-s -w", ...variables].join(" ");
  const partial = `${output}.${process.pid}`;
  const build = execa(go, ["build", "-v", "-trimpath", "-ldflags", ldflags, "-o", partial, tool.main], {
    cwd: tool.folder,
    env: { CGO_ENABLED: "0" },
    reject: false,
    all: true,
    cancelSignal: AbortSignal.any([options.signal, AbortSignal.timeout(DEADLINE_MS)]),
  });
  let packages = 0;
  build.all?.on("data", (chunk: Buffer) => void (packages += chunk.toString().split("\n").length - 1));
  const beat = setInterval(
    () => progress(`building ${tool.name}: ${packages} of about ${tool.packages} packages (${seconds()} s)`),
    TELL_EVERY_MS,
  );
  const result = await build.finally(() => clearInterval(beat));
  options.signal.throwIfAborted();
  if (result.exitCode !== 0) {
    await rm(partial, { force: true });
    throw new FiredrillError("ENV_TOOL", `building ${tool.name} ${tool.version} failed`, {
      received: String(result.all || result.message || "no output")
        .trim()
        .split("\n")
        .slice(-6)
        .join("\n            "),
      hint: "can this machine reach a Go module proxy (`go env GOPROXY`)? Running again goes on where it stopped",
    });
  }
  await rename(partial, output);
  progress(`built ${tool.name} ${tool.version} in ${seconds()} s`);
}

/** The first Go that answers. @throws ENV_TOOL */
export async function findGo(places: readonly string[] = GO_PLACES): Promise<string> {
  for (const place of places) {
    if ((await execa(place, ["version"], { reject: false })).exitCode === 0) return place;
  }
  throw new FiredrillError("ENV_TOOL", "there is no Go to build with", {
    received: `tried ${places.join(", ")}`,
    expected: `Go ${NEWEST_GO} or newer; from 1.21 on an older one fetches that by itself`,
    hint: "install Go, or install the tool itself from its own packages",
  });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
