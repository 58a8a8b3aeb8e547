/** What becomes of the work on a GPU. */
type Casualties = "none" | "one" | "all";

/** What makes the GPU usable again, from the least to the most. */
export type Recovery = "none" | "restart-app" | "reset" | "reboot" | "power-cycle" | "never";

/** One error code of NVIDIA's driver. */
export interface Xid {
  /** What dcgm-exporter calls it (`err_msg`). */
  readonly name: string;
  /** What the kernel log says after the code and the process. */
  readonly text: string;
  readonly kills: Casualties;
  readonly recovery: Recovery;
  /** What else happens. */
  readonly effect?: "lost" | "hang" | "nvlink" | "dbe" | "sbe" | "remap-pending" | "remap-failed";
}

/**
 * NVIDIA's XID catalogue (docs.nvidia.com/deploy/xid-errors), as far as it is worth rehearsing. Names: dcgm-exporter
 * 4.5.3-4.8.2, xid_errors.go. The words after the code differ between drivers. As lines in public issues and NVIDIA's open
 * kernel modules have them, with made-up numbers: 31, 43, 45, 48, 63, 74, 79, 94, 95, 109, 154; the rest are short forms of ours.
 */
export const XIDS: Readonly<Record<number, Xid>> = {
  13: {
    name: "Graphics Engine Exception",
    text: "Graphics Exception: ESR 0x404490=0x80000001",
    kills: "one",
    recovery: "restart-app",
  },
  31: {
    name: "GPU memory page fault",
    text: "Ch 00000010, intr 00000000. MMU Fault: ENGINE GRAPHICS GPCCLIENT_T1_0 faulted @ 0x7f2a_10000000. Fault is of type FAULT_PDE ACCESS_TYPE_VIRT_READ",
    kills: "one",
    recovery: "restart-app",
  },
  43: { name: "GPU stopped processing", text: "channel 0x00000010", kills: "one", recovery: "restart-app" },
  45: {
    name: "Preemptive cleanup, due to previous errors -- Most likely to see when running multiple cuda",
    text: "channel 0x00000010",
    kills: "one",
    recovery: "restart-app",
  },
  48: {
    name: "Double Bit ECC Error",
    text: "An uncorrectable double bit error (DBE) has been detected on GPU in the framebuffer at physAddr 0x18f31d80 partition 16, subpartition 3.",
    kills: "one",
    recovery: "reset",
    effect: "dbe",
  },
  63: {
    name: "ECC page retirement or row remapping recording event",
    text: "Row Remapper: New row (0x0000000018f31d80) marked for remapping, reset gpu to activate.",
    kills: "none",
    recovery: "reset",
    effect: "remap-pending",
  },
  64: {
    name: "ECC page retirement or row remapper recording failure",
    text: "Row Remapper: Row remapping failed",
    kills: "none",
    recovery: "never",
    effect: "remap-failed",
  },
  74: {
    name: "NVLINK Error",
    text: "NVLink: fatal error detected on link 0(0x10000, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0)",
    kills: "all",
    recovery: "reset",
    effect: "nvlink",
  },
  79: {
    name: "GPU has fallen off the bus",
    text: "GPU has fallen off the bus.",
    kills: "all",
    recovery: "reboot",
    effect: "lost",
  },
  92: {
    name: "High single-bit ECC error rate",
    text: "High single-bit ECC error rate",
    kills: "none",
    recovery: "none",
    effect: "sbe",
  },
  94: {
    name: "Contained ECC error",
    text: "Contained: CE User Channel (0x9). RST: No, D-RST: No",
    kills: "one",
    recovery: "restart-app",
    effect: "dbe",
  },
  95: {
    name: "Uncontained ECC error",
    text: "Uncontained: LTC TAG (0x2,0x1). RST: Yes, D-RST: No",
    kills: "all",
    recovery: "reset",
    effect: "dbe",
  },
  109: {
    name: "Context Switch Timeout Error",
    text: "channel 0x00000008, errorString CTX SWITCH TIMEOUT, Info 0x58005",
    kills: "all",
    recovery: "reset",
    effect: "hang",
  },
  119: {
    name: "GSP RPC Timeout",
    text: "Timeout after 6s of waiting for RPC response from GPU0 GSP!",
    kills: "all",
    recovery: "reset",
    effect: "hang",
  },
  120: { name: "GSP Error", text: "GSP task exception", kills: "all", recovery: "reset", effect: "hang" },
  140: {
    name: "Unrecovered ECC Error",
    text: "Unrecovered ECC Error",
    kills: "all",
    recovery: "reset",
    effect: "dbe",
  },
  143: {
    name: "GPU Initialization Failure",
    text: "GPU initialization failed",
    kills: "all",
    recovery: "reboot",
  },
  149: {
    name: "NVLINK: NETIR Error",
    text: "NVLink: link error",
    kills: "all",
    recovery: "reset",
    effect: "nvlink",
  },
  154: {
    name: "GPU Recovery Action Changed",
    text: "GPU recovery action changed from 0x0 (None) to 0x1 (GPU Reset Required)",
    kills: "none",
    recovery: "none",
  },
};

export const XID_CODES: readonly number[] = Object.keys(XIDS).map(Number);
