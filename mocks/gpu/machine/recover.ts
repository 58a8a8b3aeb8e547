import type { Device } from "../device/device.ts";
import type { Recovery } from "../catalogue/xids.ts";

/** From the least to the most: who does the greater thing has done the lesser one. `never`: a new card. */
const ORDER: readonly Recovery[] = ["none", "restart-app", "reset", "reboot", "power-cycle", "never"];

/** Is `done` enough for what `needed` asks? */
function suffices(done: Recovery, needed: Recovery): boolean {
  return ORDER.indexOf(done) >= ORDER.indexOf(needed);
}

/**
 * What a reset, a reboot, a power cycle or (`never`) another card does to one GPU. False: that was not enough. Errors
 * counted since the last reset are forgotten, those counted for ever are not; a row to be remapped is remapped.
 */
export function recover(device: Device, done: Recovery): boolean {
  if (device.lost !== null && !suffices(done, device.lost)) return false;
  device.lost = null;
  device.hung = false;
  device.leakedMib = 0;
  device.linksDown = 0;
  device.lastXid = 0;
  device.pcie = device.card.pcie;
  device.ecc = { ...device.ecc, volatile: { corrected: 0, uncorrected: 0 } };
  device.remaps = { ...device.remaps, pending: false, failed: device.remaps.failed && done !== "never" };
  if (device.blocked !== null && suffices(done, device.blocked.recovery)) device.blocked = null;
  return device.blocked === null;
}
