import { z } from "zod";
import type { FaultKinds } from "../core/faults/kind.ts";
import { XID_CODES } from "./catalogue/xids.ts";

const none = z.strictObject({});
/** Which GPU; absent: every one. `scope: { gpu: "1" }` says the same. */
const gpu = z.int().min(0).max(15).optional();
const first = z.int().min(0).max(15).default(0);

/** Happen once, as soon as the fault is on. What they break stays broken until somebody repairs it, unless `heal`. */
export const EVENT_KINDS = ["xid", "busDrop", "oom", "rowRemap", "doubleBit", "migToggle"] as const;

/** What a GPU and its software can do to those who rely on them, beside the faults of the wire. */
export const GPU_FAULTS = {
  xid: {
    effect: "an error of the driver: kernel log, work that dies, a GPU that wants a reset or more",
    params: z.strictObject({
      code: z.int().refine((code) => XID_CODES.includes(code), `expected one of ${XID_CODES.join(", ")}`),
      gpu: first,
      /** How often, and how far apart. */
      repeat: z.int().min(1).max(1_000).default(1),
      everyMs: z.number().min(1_000).max(3_600_000).default(1_000),
      /** Whether the GPU is well again when the fault is gone. */
      heal: z.boolean().default(false),
    }),
  },
  busDrop: {
    effect: "XID 79: the GPU is gone from nvidia-smi (exit 15), DCGM, lspci and the node's capacity",
    params: z.strictObject({
      gpu: first,
      recover: z.enum(["reboot", "powerCycle", "never"]).default("reboot"),
      /** `handle`: nvidia-smi gets no handle and says no more; `fields`: its row stays, with `[GPU is lost]`. */
      show: z.enum(["handle", "fields"]).default("handle"),
      heal: z.boolean().default(false),
    }),
  },
  ecc: {
    effect: "so many single-bit errors an hour, corrected; XID 92 when there are very many",
    params: z.strictObject({ gpu, sbePerHour: z.number().min(0).max(1e5).default(1_000) }),
  },
  doubleBit: {
    effect: "so many double-bit errors at once: XID 48, a row to be remapped, a process that dies",
    params: z.strictObject({ gpu: first, dbe: z.int().min(1).max(1_000).default(1) }),
  },
  rowRemap: {
    effect: "a row was remapped (pending until a reset) or could not be",
    params: z.strictObject({ gpu: first, state: z.enum(["pending", "failed"]).default("pending") }),
  },
  thermal: {
    effect: "hot air, a dead fan or a low limit: clocks fall, and with them the work and the LLM",
    params: z.strictObject({
      gpu,
      ambientC: z.number().min(15).max(60).optional(),
      fanFail: z.boolean().default(false),
      throttleAt: z.number().min(30).max(100).optional(),
    }),
  },
  powerCap: {
    effect: "the power limit is lower (not below the card's least): clocks fall",
    params: z.strictObject({ gpu, watts: z.number().min(1).max(2_000) }),
  },
  hang: {
    effect:
      "nvidia-smi says nothing for so long, then an error; DCGM collects nothing; XID 119 in the kernel log",
    params: z.strictObject({ gpu: first, nvidiaSmiSec: z.number().min(1).max(120).default(30) }),
  },
  vramLeak: {
    effect: "memory that nobody owns grows until allocations fail; only a reset frees it",
    params: z.strictObject({ gpu: first, MiBPerMin: z.number().min(1).max(1e6).default(1_024) }),
  },
  oom: {
    effect: "a process dies for want of memory: the one named, or the largest",
    params: z.strictObject({ gpu: first, pid: z.int().positive().optional() }),
  },
  driverMismatch: { effect: "nvidia-smi exits 18: library and kernel module differ", params: none },
  driverDown: {
    effect: "nvidia-smi exits 9 (no driver), 12 (no library) or 14 (infoROM corrupt)",
    params: z.strictObject({ how: z.enum(["notLoaded", "noLibrary", "infoRom"]).default("notLoaded") }),
  },
  noDevices: {
    effect: "nvidia-smi exits 6: no devices were found; DCGM and the node have none",
    params: none,
  },
  nvlinkDown: {
    effect: "so many NVLinks of the GPU are down; XID 74",
    params: z.strictObject({ gpu: first, links: z.int().min(1).max(18).default(1) }),
  },
  pcieDowngrade: {
    effect: "the PCIe link came up slower or narrower, and replays",
    params: z.strictObject({
      gpu,
      gen: z.int().min(1).max(5).default(1),
      width: z.union([z.literal(1), z.literal(2), z.literal(4), z.literal(8), z.literal(16)]).default(4),
    }),
  },
  migToggle: {
    effect: "MIG is switched on or off: processes die, names and the node's resources change",
    params: z.strictObject({ gpu: first }),
  },
  capacity: {
    effect: "the node offers so many GPUs less, as when their plug-in calls them unhealthy",
    params: z.strictObject({ n: z.int().min(1).max(16).default(1) }),
  },
  capacityGone: { effect: "the node's GPU resource is gone altogether", params: none },
  capacityFlap: {
    effect: "the node's capacity goes down by n and up again, each for half a period",
    params: z.strictObject({
      n: z.int().min(1).max(16).default(1),
      periodSec: z.number().min(2).max(3_600).default(60),
    }),
  },
  labelLoss: {
    effect: "the node loses labels: those named, or all of the GPU's",
    params: z.strictObject({ labels: z.array(z.string()).optional() }),
  },
  taint: {
    effect: "the node is tainted",
    params: z.strictObject({
      key: z.string().min(1).default("nvidia.com/gpu"),
      value: z.string().default("present"),
      effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).default("NoSchedule"),
    }),
  },
  notReady: {
    effect: "the node says Ready=False (a real kubelet says the contrary within 10 s)",
    params: none,
  },
  "dcgm.dialect": {
    effect: "from now on metrics have the names and units of the other version",
    params: z.strictObject({ to: z.enum(["4.8", "4.9"]) }),
  },
  "dcgm.stale": {
    effect: "a sample stays for so many seconds",
    params: z.strictObject({ seconds: z.number().min(1).max(86_400).default(300) }),
  },
  "dcgm.nan": {
    effect: "one metric, or all, has no number",
    params: z.strictObject({ metric: z.string().optional() }),
  },
  "dcgm.missingField": {
    effect: "one metric is not there at all",
    params: z.strictObject({ metric: z.string().default("DCGM_FI_DEV_GPU_UTIL") }),
  },
} as const satisfies FaultKinds;
