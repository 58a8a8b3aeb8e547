import { cpus, release, totalmem } from "node:os";

/** What may explain why a run came out differently elsewhere. No host names, no user names. */
export function describeEnvironment(): Record<string, string | number> {
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    kernel: release(),
    cpus: cpus().length,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    ci: process.env["CI"] === undefined ? "no" : "yes",
  };
}
