import type { GPU_FAULTS } from "../faults.ts";
import type { Bench } from "../gpu.testkit.ts";

/** One fault, and what clients see of it that do not know of mocks: nvidia-smi on a path, systeminformation, a scrape. */
export interface Case {
  readonly kind: keyof typeof GPU_FAULTS;
  readonly settings?: Record<string, string>;
  readonly see: (on: Bench) => Promise<void>;
}

export const query = (on: Bench, fields: string, ...more: string[]) =>
  on.run("nvidia-smi", `--query-gpu=${fields}`, "--format=csv,noheader,nounits", ...more);
export const job = async (on: Bench, order: object = {}) =>
  (await on.ask<{ pid: number }>("/jobs", order)).pid;
export const ending = (on: Bench, pid: number) => on.ask(`/jobs/${pid}`);
export const node = (on: Bench) =>
  on.ask<{
    capacity: Record<string, string>;
    labels: Record<string, string>;
    taints: object[];
    ready: boolean;
  }>("/node");
export const dmesg = async (on: Bench) => (await on.run("dmesg")).stdout;
/** DCGM collects every second. */
export const PROMPT = { dcgmIntervalMs: "1000" };
