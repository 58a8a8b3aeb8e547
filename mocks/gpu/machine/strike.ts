import { XIDS } from "../catalogue/xids.ts";
import type { Recovery } from "../catalogue/xids.ts";
import { countErrors } from "../device/device.ts";
import type { Device } from "../device/device.ts";
import { kernelAddress } from "../device/identity.ts";
import type { MockWorld } from "../../core/mock.ts";
import type { Jobs } from "./jobs.ts";
import type { KernelLog } from "./kernel-log.ts";

/** Killed by a signal that the driver sends: 128 + SIGABRT. */
const DIED = 134;

const NOBODY = "pid='<unknown>', name=<unknown>";

/** What an event may touch. */
export interface Scene {
  readonly world: MockWorld;
  readonly jobs: Jobs;
  readonly log: KernelLog;
}

/** One XID happens to a GPU: its line, its dead, what has to be done about it. */
export function strikeXid(
  { world, jobs, log }: Scene,
  device: Device,
  code: number,
  atMs: number,
  needs: Recovery = XIDS[code]?.recovery ?? "none",
): void {
  const xid = XIDS[code];
  if (xid === undefined || device.lost !== null) return;
  const { index } = device.identity;
  const address = kernelAddress(device.identity);
  const running = jobs.running(index);
  const victims = xid.kills === "all" ? running : xid.kills === "one" ? running.slice(0, 1) : [];
  const who = victims[0] === undefined ? NOBODY : `pid=${victims[0].pid}, name=${victims[0].name}`;
  log.add(atMs, xidLine(device, code, who));
  if (code === 79) log.add(atMs, `NVRM: GPU ${address}.0: GPU has fallen off the bus.`);
  world.note("gpu.xid", { gpu: index, code, killed: victims.map(({ pid }) => pid) });
  for (const { pid } of victims) jobs.end(pid, { atMs, exitCode: DIED, why: `xid ${code}` });
  device.lastXid = code;
  device.xidCounts.set(code, (device.xidCounts.get(code) ?? 0) + 1);
  switch (xid.effect) {
    case "lost":
      device.lost = needs;
      break;
    case "hang":
      device.hung = true;
      break;
    case "nvlink":
      device.linksDown = Math.min(device.card.nvlinks, device.linksDown + 1);
      break;
    case "dbe":
      countErrors(device, "uncorrected", 1);
      break;
    case "sbe":
      countErrors(device, "corrected", 1_000);
      break;
    case "remap-pending":
      device.remaps = { ...device.remaps, uncorrectable: device.remaps.uncorrectable + 1, pending: true };
      break;
    case "remap-failed":
      device.remaps = { ...device.remaps, failed: true };
      break;
  }
  if (xid.kills === "all" && needs !== "none" && needs !== "restart-app")
    device.blocked = { why: `xid ${code}`, recovery: needs };
}

/** `NVRM: Xid (PCI:0000:2b:00): 79, pid=…, name=…, GPU has fallen off the bus.` Older drivers leave the process out. */
export function xidLine({ identity }: Device, code: number, who = NOBODY): string {
  return `NVRM: Xid (PCI:${kernelAddress(identity)}): ${code}, ${who}, ${XIDS[code]?.text ?? ""}`;
}
