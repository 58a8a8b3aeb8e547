import { DAEMON_JSON } from "./facts.ts";
import type { Machine } from "./machine.ts";
import { wrapperScript } from "./wrapper-script.ts";

const WRAPPER = "/usr/local/lib/firedrill/runc-without-sys-resource";

const CONFIG = {
  runtimes: { "runc-without-sys-resource": { path: WRAPPER } },
  "default-runtime": "runc-without-sys-resource",
};

/** Writes the wrapper, and a daemon.json that names it. Only ever called where there is no daemon.json. */
export async function writeRuntimeWrapper(machine: Pick<Machine, "write">): Promise<void> {
  await machine.write(WRAPPER, wrapperScript(), 0o755);
  await machine.write(DAEMON_JSON, `${JSON.stringify(CONFIG, null, 2)}\n`, 0o644);
}
