import type { Host } from "../../../../harness/service/host.ts";
import { RequestError } from "../../../../harness/service/http.ts";
import { parseObject } from "../../parts/router.ts";
import type { Progress } from "../gpu-jobs/jobs.ts";
import type { GpuHealth } from "./gpu-client.ts";

/** A job as the board gives it out: done from `fromStep` to `steps`. */
export interface Assignment {
  readonly id: string;
  readonly attempt: number;
  readonly fromStep: number;
  readonly steps: number;
  readonly stepMs: number;
}

export interface BoardClient {
  /** What this runner must be working on. @throws RequestError, or an error for an answer that is none */
  heartbeat(health: GpuHealth, running: readonly Progress[]): Promise<readonly Assignment[]>;
  /** `refused`: another attempt has the job. `unheard`: ask again. */
  checkpoint(progress: Progress): Promise<"noted" | "refused" | "unheard">;
}

export function createBoardClient(host: Host, url: string, timeoutMs: number): BoardClient {
  const post = (path: string, body: object) =>
    host.request({
      method: "POST",
      url: `${url}${path}`,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ runner: host.name, ...body }),
      timeoutMs,
    });
  return {
    async heartbeat(health, running) {
      const { status, body } = await post("/heartbeat", { ...health, running });
      const jobs = parseObject(body)?.["jobs"];
      if (status !== 200 || !Array.isArray(jobs)) throw new Error(`heartbeat was answered ${status}`);
      return jobs.filter(isAssignment);
    },
    async checkpoint({ id, attempt, step }) {
      try {
        const { status } = await post(`/jobs/${id}/checkpoint`, { attempt, step });
        if (status === 200) return "noted";
        return status === 409 || status === 404 ? "refused" : "unheard";
      } catch (error) {
        if (error instanceof RequestError) return "unheard";
        throw error;
      }
    },
  };
}

function isAssignment(value: unknown): value is Assignment {
  if (typeof value !== "object" || value === null) return false;
  const { id, ...numbers } = value as Record<string, unknown>;
  const names = ["attempt", "fromStep", "steps", "stepMs"];
  return typeof id === "string" && names.every((name) => typeof numbers[name] === "number");
}
