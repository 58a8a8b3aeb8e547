import type { Random } from "../../../harness/service/host.ts";
import { HEX, randomText } from "../../core/random.ts";

/** The buses on which machines with eight GPUs of this kind have them. Ours; only the first looks plain. */
const FIRST_BUS = 0x01;
const BUS_STEP = 0x10;

/** What a GPU is known by. */
export interface Identity {
  readonly index: number;
  /** `GPU-6a3f…` in the form of a UUID. */
  readonly uuid: string;
  readonly serial: string;
  /** `00000000:2B:00.0`, as nvidia-smi prints it. */
  readonly busId: string;
  readonly bus: number;
}

/** The same seed, the same cards. */
export function identityOf(index: number, random: Random): Identity {
  const part = (length: number) => randomText(random, length, HEX);
  const bus = FIRST_BUS + index * BUS_STEP > 0xff ? index + 2 : FIRST_BUS + index * BUS_STEP;
  return Object.freeze({
    index,
    uuid: `GPU-${part(8)}-${part(4)}-${part(4)}-${part(4)}-${part(12)}`,
    serial: `16${String(random.below(1e5)).padStart(5, "0")}${String(random.below(1e6)).padStart(6, "0")}`,
    busId: `00000000:${bus.toString(16).toUpperCase().padStart(2, "0")}:00.0`,
    bus,
  });
}

/** `0000:2b:00`: how the kernel log names it. */
export function kernelAddress({ bus }: Identity): string {
  return `0000:${bus.toString(16).padStart(2, "0")}:00`;
}
