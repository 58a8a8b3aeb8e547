import type { Host } from "../../../../harness/service/host.ts";
import { RequestError } from "../../../../harness/service/http.ts";
import type { HttpRequest, HttpResponse } from "../../../../harness/service/http.ts";
import { parseObject } from "../../parts/router.ts";

/** What the node's GPU is found to be. */
export interface GpuHealth {
  readonly healthy: boolean;
  /** Whether anything was said at all: silence may be a hiccup. */
  readonly heard: boolean;
  /** What nvidia-smi said, or why it said nothing. */
  readonly saw: string;
}

/** A process on the GPU: how far it is, or how it ended. `gone`: nobody knows it. */
export type ProcessState =
  | { readonly kind: "running"; readonly doneSeconds: number }
  | { readonly kind: "done" }
  | { readonly kind: "died"; readonly why: string }
  | { readonly kind: "gone" };

/** The node's GPU, by the node's own API. */
export interface GpuClient {
  health(): Promise<GpuHealth>;
  /** Null: it could not be started. */
  start(name: string, workSeconds: number): Promise<number | null>;
  look(pid: number): Promise<ProcessState | null>;
  stop(pid: number): Promise<void>;
}

/** Of one job on an 80 GB card: sixteen fit in, in memory as in time. */
const DEMAND = { gpu: 0, memoryMib: 4_096, utilisation: 0.06, intensity: 0.5 };
const QUERY = ["--query-gpu=uuid,temperature.gpu", "--format=csv,noheader"];

export function createGpuClient(host: Host, url: string, timeoutMs: number): GpuClient {
  const ask = async (method: HttpRequest["method"], path: string, body?: object) => {
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = { "content-type": "application/json" };
    return host
      .request({ method, url: `${url}${path}`, headers, timeoutMs, ...content })
      .catch((error: unknown): string => {
        if (error instanceof RequestError) return error.failure;
        throw error;
      });
  };

  return {
    async health() {
      const said = await ask("POST", "/nvidia-smi", { args: QUERY });
      if (typeof said === "string") return { healthy: false, heard: false, saw: `nvidia-smi: ${said}` };
      const { exitCode, stdout } = parseObject(said.body) ?? {};
      const saw = `nvidia-smi ${exitCode}: ${String(stdout).trim()}`;
      return { healthy: said.status === 200 && exitCode === 0, heard: true, saw };
    },
    async start(name, workSeconds) {
      const said = await ask("POST", "/jobs", { name, workSeconds, ...DEMAND });
      const pid = typeof said === "string" ? null : parseObject(said.body)?.["pid"];
      return typeof pid === "number" ? pid : null;
    },
    async look(pid) {
      const said = await ask("GET", `/jobs/${pid}`);
      return typeof said === "string" ? null : readProcess(said);
    },
    async stop(pid) {
      await ask("DELETE", `/jobs/${pid}`);
    },
  };
}

function readProcess({ status, body }: HttpResponse): ProcessState | null {
  if (status === 404) return { kind: "gone" };
  const job = status === 200 ? parseObject(body) : null;
  if (job === null) return null;
  const end = job["end"] as { exitCode?: unknown; why?: unknown } | null | undefined;
  if (end?.exitCode === 0) return { kind: "done" };
  if (end !== null && end !== undefined) return { kind: "died", why: String(end.why) };
  return { kind: "running", doneSeconds: Number(job["doneSeconds"]) };
}
