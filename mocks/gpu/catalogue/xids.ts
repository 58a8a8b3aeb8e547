/** What becomes of the work on a GPU. */
type Casualties = "none" | "one" | "all";

/** What makes the GPU usable again, from the least to the most. */
export type Recovery = "none" | "restart-app" | "reset" | "reboot" | "power-cycle" | "never";

/** One error code of NVIDIA's driver. */
export interface Xid {
  /** What the kernel log says after the code. */
  readonly text: string;
  readonly kills: Casualties;
  readonly recovery: Recovery;
  /** What else happens. */
  readonly effect?: "lost" | "hang" | "nvlink" | "dbe" | "sbe" | "remap-pending" | "remap-failed";
}

/**
 * NVIDIA's XID catalogue (docs.nvidia.com/deploy/xid-errors), as far as it is worth rehearsing. The words after the code
 * differ between drivers; these are short forms of ours, but for 79, which parsers of kernel logs look for.
 */
export const XIDS: Readonly<Record<number, Xid>> = {
  13: { text: "Graphics Exception: ESR 0x404490=0x80000001", kills: "one", recovery: "restart-app" },
  31: {
    text: "MMU Fault: ENGINE GRAPHICS GPCCLIENT_T1_0 faulted @ 0x7f2a_10000000",
    kills: "one",
    recovery: "restart-app",
  },
  43: { text: "Ch 00000010, GPU channel reset", kills: "one", recovery: "restart-app" },
  45: { text: "Ch 00000010, preemptive cleanup", kills: "one", recovery: "restart-app" },
  48: { text: "Double Bit ECC Error", kills: "one", recovery: "reset", effect: "dbe" },
  63: {
    text: "Row Remapper: New row marked for remapping, reset gpu to activate.",
    kills: "none",
    recovery: "reset",
    effect: "remap-pending",
  },
  64: {
    text: "Row Remapper: Row remapping failed",
    kills: "none",
    recovery: "never",
    effect: "remap-failed",
  },
  74: { text: "NVLink: fatal error detected on link 0", kills: "all", recovery: "reset", effect: "nvlink" },
  79: { text: "GPU has fallen off the bus.", kills: "all", recovery: "reboot", effect: "lost" },
  92: { text: "High single-bit ECC error rate", kills: "none", recovery: "none", effect: "sbe" },
  94: { text: "Contained memory error", kills: "one", recovery: "restart-app", effect: "dbe" },
  95: { text: "Uncontained memory error", kills: "all", recovery: "reset", effect: "dbe" },
  109: { text: "Context switch timeout", kills: "all", recovery: "reset", effect: "hang" },
  119: {
    text: "Timeout after 6s of waiting for RPC response from GPU0 GSP!",
    kills: "all",
    recovery: "reset",
    effect: "hang",
  },
  120: { text: "GSP task exception", kills: "all", recovery: "reset", effect: "hang" },
  140: { text: "Unrecovered ECC Error", kills: "all", recovery: "reset", effect: "dbe" },
  143: { text: "GPU initialization failed", kills: "all", recovery: "reboot" },
  149: { text: "NVLink: link error", kills: "all", recovery: "reset", effect: "nvlink" },
  154: { text: "GPU recovery action changed", kills: "none", recovery: "none" },
};

export const XID_CODES: readonly number[] = Object.keys(XIDS).map(Number);
