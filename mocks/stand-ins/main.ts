import { hostname } from "node:os";
import { explainError, FiredrillError } from "../../harness/error.ts";
import type { Service } from "../../harness/service/host.ts";
import { runService } from "../../harness/service/node-host.ts";
import chainFollower from "./endpoints/chain-follower/chain-follower.ts";
import gpuJobs from "./endpoints/gpu-jobs/gpu-jobs.ts";
import gpuRunner from "./endpoints/gpu-runner/gpu-runner.ts";
import hotkeyClient from "./endpoints/hotkey-client/hotkey-client.ts";
import llmGateway from "./endpoints/llm-gateway/llm-gateway.ts";
import controlPlane from "./fleet/control-plane.ts";
import loadBalancer from "./fleet/load-balancer.ts";
import worker from "./fleet/worker.ts";

/** Every stand-in that the image `firedrill.local/stand-ins` can be: `node stand-ins.mjs <name>`. */
const SERVICES: ReadonlyMap<string, Service> = new Map([
  ["control-plane", controlPlane],
  ["worker", worker],
  ["load-balancer", loadBalancer],
  ["llm-gateway", llmGateway],
  ["gpu-jobs", gpuJobs],
  ["gpu-runner", gpuRunner],
  ["chain-follower", chainFollower],
  ["hotkey-client", hotkeyClient],
]);

async function main(name: string | undefined): Promise<void> {
  const service = SERVICES.get(name ?? "");
  if (service === undefined) {
    throw new FiredrillError("USAGE_STACK", "no such stand-in", {
      received: name ?? "no name",
      expected: [...SERVICES.keys()].join(", "),
      hint: "name one as the service's `command` in the Compose file",
    });
  }
  // NODE_NAME is how the system's own node agent is told its name.
  await runService(service, { name: process.env["NODE_NAME"] ?? hostname(), env: process.env });
}

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${explainError(error)}\n`);
  process.exit(64);
});
