import type { Metric } from "../parts/metrics-text.ts";

/** A GPU that is not there: its readings follow the tasks that would run on it. */
export interface MockGpu {
  metrics(): Metric[];
}

/** An NVIDIA T4, the GPU of the instances that the system's documents name (g4dn.xlarge): 16 GB, at most 70 W. */
const MEMORY_MIB = 15_360;
const IDLE = { memoryMib: 450, celsius: 36, watts: 10 };
/** Ours: what one running task adds, and how fast the temperature follows (two thirds of the way in this time). */
const PER_TASK = { percent: 45, memoryMib: 3_500 };
const FULL = { celsius: 76, watts: 70 };
const WARMING_MS = 20_000;

/** `runningTasks` counts the GPU tasks of this moment; temperature has a memory, so readings depend on time. */
export function createMockGpu(node: string, nowMs: () => number, runningTasks: () => number): MockGpu {
  let celsius = IDLE.celsius;
  let readMs = nowMs();

  return {
    metrics() {
      const tasks = runningTasks();
      const percent = Math.min(100, tasks * PER_TASK.percent);
      const memoryMib = Math.min(MEMORY_MIB, IDLE.memoryMib + tasks * PER_TASK.memoryMib);
      const target = IDLE.celsius + ((FULL.celsius - IDLE.celsius) * percent) / 100;
      // A first-order lag, linear per reading and never past its target; needs no exp(), whose last digit varies.
      celsius += (target - celsius) * Math.min(1, (nowMs() - readMs) / WARMING_MS);
      readMs = nowMs();
      const watts = IDLE.watts + ((FULL.watts - IDLE.watts) * percent) / 100;
      const labels = { gpu: "0", device: "nvidia0", modelName: "Tesla T4 (mock)", Hostname: node };
      const gauge = (name: string, help: string, value: number): Metric => ({
        name: `DCGM_FI_DEV_${name}`,
        help,
        type: "gauge",
        samples: [{ labels, value }],
      });
      // Names, units and labels as NVIDIA's dcgm-exporter gives them.
      return [
        gauge("GPU_UTIL", "GPU utilization (in %).", percent),
        gauge("FB_USED", "Framebuffer memory used (in MiB).", memoryMib),
        gauge("FB_FREE", "Framebuffer memory free (in MiB).", MEMORY_MIB - memoryMib),
        gauge("GPU_TEMP", "GPU temperature (in C).", Math.round(celsius)),
        gauge("POWER_USAGE", "Power draw (in W).", watts),
      ];
    },
  };
}
