import { FiredrillError } from "../../error.ts";
import { announced } from "../../stack/images/index.ts";
import { findEngine } from "../../tier/compose/engine.ts";
import { systemClock } from "../../time/system-clock.ts";
import type { RepairSite } from "./apt.ts";

const LOG = "/var/log/firedrill-dockerd.log";
const READY_WITHIN_MS = 60_000;
const POLL_MS = 300;

/** Starts the installed engine and waits until it answers. @throws ENV_ENGINE */
export async function startEngine(site: RepairSite, how: "systemd" | "by hand"): Promise<void> {
  const answers = async () => (await findEngine()).found;
  // Installing the package may have started it.
  if (await answers()) return;
  await announced(
    { verb: ["starting", "started"], what: "the Docker engine", estimateSeconds: 5, ...site },
    async () => {
      if (how === "systemd") await site.machine.run("systemctl", ["start", "docker"], site.signal);
      else await site.machine.startDetached("dockerd", [], LOG);
      const clock = systemClock();
      while (!(await answers())) {
        site.signal.throwIfAborted();
        if (clock.nowMs() > READY_WITHIN_MS) throw await silent(site, how);
        await clock.sleep(POLL_MS, site.signal);
      }
    },
  );
}

async function silent(site: RepairSite, how: "systemd" | "by hand"): Promise<FiredrillError> {
  const words =
    how === "systemd"
      ? (await site.machine.run("journalctl", ["-u", "docker", "-n", "6", "--no-pager"], site.signal)).output
      : ((await site.machine.read(LOG)) ?? "").trim().split("\n").slice(-6).join("\n            ");
  return new FiredrillError("ENV_ENGINE", "the Docker engine was started and does not answer", {
    received: words,
    expected: `an answer within ${READY_WITHIN_MS / 1000} s`,
    hint: how === "systemd" ? "journalctl -u docker tells more" : `${LOG} tells more`,
  });
}
