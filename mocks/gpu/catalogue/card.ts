/** What one kind of card is. MiB, MHz, W and °C as nvidia-smi prints them. */
export interface Card {
  /** As nvidia-smi prints it. */
  readonly name: string;
  readonly memoryMib: number;
  /** Held back by the driver: total = used + free + reserved. */
  readonly reservedMib: number;
  /** Compute capability. */
  readonly capability: string;
  readonly architecture: string;
  readonly multiprocessors: number;
  readonly clocks: {
    readonly idle: number;
    readonly base: number;
    readonly boost: number;
    readonly memory: number;
    /** Of the memory when the card idles in P8; the same as `memory` where it stays in P0. */
    readonly idleMemory: number;
  };
  readonly power: { readonly idle: number; readonly limit: number; readonly min: number };
  readonly thermal: {
    /** °C above the inlet air for each watt, when everything has settled. */
    readonly risePerWatt: number;
    /** `temperature.gpu.tlimit` + `temperature.gpu`; null: the card does not report it. */
    readonly limitSum: number | null;
    /** Where software begins to take clocks away, hardware halves them, the card switches itself off. */
    readonly target: number;
    readonly slowdown: number;
    readonly shutdown: number;
  };
  /** Cards of workstations have no ECC at all (`absent`) or come with it off. */
  readonly ecc: "on" | "off" | "absent";
  /** `P0`: stays there when idle, as SXM boards do. */
  readonly idleState: "P0" | "P8";
  readonly pcie: { readonly gen: number; readonly width: number };
  /** Links to other GPUs of the machine; 0: none. */
  readonly nvlinks: number;
  /** PCI device and subsystem. */
  readonly pciId: { readonly device: string; readonly subsystem: string };
  readonly hbm: boolean;
  /** The only fan is its own; null: the chassis blows. */
  readonly fan: boolean;
  /** The MIG profile that fills a card with seven slices; null: it can't be divided. */
  readonly mig: string | null;
}
