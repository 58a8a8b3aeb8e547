import { z } from "zod";
import { jsonResponse, textOf } from "../../core/http.ts";
import type { MockRequest, MockResponse } from "../../core/http.ts";
import type { MockWorld } from "../../core/mock.ts";
import type { Job } from "../machine/jobs.ts";
import type { Machine } from "../machine/machine.ts";
import type { GpuReading } from "../machine/reading.ts";

const demand = {
  memoryMib: z.number().min(0).max(1e6).default(1_024),
  utilisation: z.number().min(0).max(1).default(1),
  memoryUtilisation: z.number().min(0).max(1).default(0.5),
  /** Share of the power limit at full clocks: 0.9 is what big models take (captures of H100 and H200). */
  intensity: z.number().min(0).max(1).default(0.9),
  workSeconds: z.number().positive().max(1e9).nullable().default(null),
};
const orderSchema = z.strictObject({
  name: z.string().min(1).max(200).default("python3"),
  /** Absent: the usable one with the most free memory. */
  gpu: z.int().min(0).max(15).optional(),
  ...demand,
});
const changeSchema = z.strictObject({
  memoryMib: demand.memoryMib.unwrap().optional(),
  utilisation: demand.utilisation.unwrap().optional(),
  memoryUtilisation: demand.memoryUtilisation.unwrap().optional(),
  intensity: demand.intensity.unwrap().optional(),
});

/** 128 + SIGTERM. */
const STOPPED = 143;

/** `POST /jobs`, `GET /jobs`, and one of them: `GET`, `PATCH`, `DELETE /jobs/{pid}`. Null: not about jobs. */
export function jobRoutes(world: MockWorld, machine: Machine, request: MockRequest): MockResponse | null {
  const { method, path } = request;
  if (path === "/jobs" && method === "POST") return start(world, machine, JSON.parse(textOf(request)));
  if (path === "/jobs" && method === "GET") {
    machine.look();
    return jsonResponse(200, machine.jobs.all().map(shown));
  }
  const pid = Number(/^\/jobs\/(\d{1,9})$/.exec(path)?.[1]);
  if (Number.isNaN(pid)) return null;
  machine.look();
  const job = machine.jobs.get(pid);
  if (job === null) return jsonResponse(404, { error: `no process ${pid}` });
  switch (method) {
    case "GET":
      return jsonResponse(200, shown(job));
    case "DELETE":
      machine.jobs.end(pid, { atMs: world.clock.nowMs(), exitCode: STOPPED, why: "stopped" });
      return jsonResponse(200, shown(machine.jobs.get(pid) ?? job));
    case "PATCH":
      return change(machine, job, JSON.parse(textOf(request)));
  }
  return null;
}

function start({ clock, note }: MockWorld, machine: Machine, body: unknown): MockResponse {
  const { gpu, ...order } = orderSchema.parse(body);
  const gpus = machine.look();
  const candidates = gpus.filter(
    ({ slowdown, identity }) => slowdown !== null && (gpu ?? identity.index) === identity.index,
  );
  const [best] = candidates.toSorted((a, b) => b.memory.free - a.memory.free);
  if (best === undefined)
    return jsonResponse(503, { error: "CUDA error: no CUDA-capable device is detected", gpu: gpu ?? null });
  if (best.memory.free < order.memoryMib) return outOfMemory(best, order.memoryMib);
  const job = machine.jobs.start({ ...order, gpu: best.identity.index }, clock.nowMs());
  note("gpu.job", { pid: job.pid, gpu: job.gpu, memoryMib: job.memoryMib });
  return jsonResponse(201, shown(job));
}

function change(machine: Machine, job: Job, body: unknown): MockResponse {
  const given = changeSchema.parse(body);
  if (job.end !== null) return jsonResponse(409, { error: `process ${job.pid} has ended`, ...shown(job) });
  const gpu = machine.look()[job.gpu];
  const more = (given.memoryMib ?? job.memoryMib) - job.memoryMib;
  if (gpu !== undefined && more > gpu.memory.free) return outOfMemory(gpu, more);
  const demanded = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return jsonResponse(200, shown(machine.jobs.change(job.pid, demanded) ?? job));
}

function outOfMemory({ memory, identity }: GpuReading, wanted: number): MockResponse {
  return jsonResponse(409, {
    error: "CUDA error: out of memory",
    gpu: identity.index,
    wantedMib: wanted,
    freeMib: memory.free,
  });
}

function shown({ pid, name, gpu, memoryMib, utilisation, workSeconds, doneSeconds, end }: Job) {
  return {
    pid,
    name,
    gpu,
    memoryMib,
    utilisation,
    workSeconds,
    doneSeconds: Math.round(doneSeconds * 1_000) / 1_000,
    running: end === null,
    end,
  };
}
