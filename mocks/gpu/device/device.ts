import type { Card } from "../catalogue/card.ts";
import type { Recovery } from "../catalogue/xids.ts";
import type { Identity } from "./identity.ts";
import { restingMoment } from "./physics.ts";
import type { Moment } from "./physics.ts";

/** A GPU as the machine keeps it: what changes, apart from jobs. Only machine/*.ts writes to it. */
export interface Device {
  readonly identity: Identity;
  readonly card: Card;
  moment: Moment;
  capWatts: number;
  /** Off the bus: no handle can be had. What would bring it back. */
  lost: Recovery | null;
  /** Why nothing runs on it until somebody does something about it. */
  blocked: { readonly why: string; readonly recovery: Recovery } | null;
  /** It answers no question in time until it is reset. */
  hung: boolean;
  /** Memory that nobody owns any more. */
  leakedMib: number;
  ecc: EccCounts;
  remaps: Remaps;
  /** Links that are down, by number. */
  linksDown: number;
  pcie: { readonly gen: number; readonly width: number };
  pcieReplays: number;
  mig: boolean;
  /** The last code; 0: none. */
  lastXid: number;
  readonly xidCounts: Map<number, number>;
}

/** Errors since the last reset, and ever. */
export interface EccCounts {
  readonly volatile: { readonly corrected: number; readonly uncorrected: number };
  readonly aggregate: { readonly corrected: number; readonly uncorrected: number };
}

export interface Remaps {
  readonly correctable: number;
  readonly uncorrectable: number;
  readonly pending: boolean;
  readonly failed: boolean;
}

const NO_ERRORS = { corrected: 0, uncorrected: 0 };

export function createDevice(identity: Identity, card: Card, ambientC: number): Device {
  return {
    identity,
    card,
    moment: restingMoment(card, ambientC),
    capWatts: card.power.limit,
    lost: null,
    blocked: null,
    hung: false,
    leakedMib: 0,
    ecc: { volatile: NO_ERRORS, aggregate: NO_ERRORS },
    remaps: { correctable: 0, uncorrectable: 0, pending: false, failed: false },
    linksDown: 0,
    pcie: card.pcie,
    pcieReplays: 0,
    mig: false,
    lastXid: 0,
    xidCounts: new Map(),
  };
}

/** Counts errors of the memory, single-bit (`corrected`) or double-bit. Cards without ECC have none to count. */
export function countErrors(device: Device, kind: "corrected" | "uncorrected", more: number): void {
  if (device.card.ecc !== "on") return;
  const { volatile, aggregate } = device.ecc;
  device.ecc = {
    volatile: { ...volatile, [kind]: volatile[kind] + more },
    aggregate: { ...aggregate, [kind]: aggregate[kind] + more },
  };
}
