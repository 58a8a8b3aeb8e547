import { readFile } from "node:fs/promises";
import type Docker from "dockerode";
import type { Clock } from "../../../time/clock.ts";
import { runGateway, type Gateway, type GatewayPlan } from "./run-gateway.ts";

/** Starts the gateway of a Compose stack, which finds services by their names. @throws RUN_STACK when it does not answer in time */
export async function startGateway(
  docker: Docker,
  plan: GatewayPlan,
  clock: Clock,
  signal: AbortSignal,
): Promise<Gateway> {
  const program = {
    command: ["node", ...(await source())],
    env: (config: unknown) => [`FIREDRILL_GATEWAY=${JSON.stringify(config)}`],
    hostConfig: {},
  };
  return runGateway(docker, plan, program, clock, signal);
}

/** This package may be compiled: then the program lies beside this file as JavaScript. */
async function source(): Promise<string[]> {
  const typescript = import.meta.url.endsWith(".ts");
  const text = await readFile(new URL(typescript ? "gateway.ts" : "gateway.js", import.meta.url), "utf8");
  return [`--input-type=${typescript ? "module-typescript" : "module"}`, "--eval", text];
}
