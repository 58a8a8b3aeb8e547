import { parseFlags } from "../../harness/cli/command.ts";
import { FiredrillError } from "../../harness/error.ts";
import { openKubeApi } from "../../harness/tier/k3d/api/kube-api.ts";
import { requireKubernetesTools } from "../../harness/tier/k3d/tools.ts";
import { systemClock } from "../../harness/time/system-clock.ts";
import { keepNode } from "../gpu/node/keep.ts";
import type { NodeView } from "../gpu/node/view.ts";
import { untilStopped } from "./until-stopped.ts";

const usage = "mocks gpu-node --node NAME [--gpu URL] [--kubeconfig FILE] [--context NAME]";
const ANSWER_WITHIN_MS = 5_000;

/** `firedrill mocks gpu-node`: keeps a node of a cluster as the GPU mock would have it, until Ctrl-C. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseFlags(usage, args, {
    node: { type: "string", default: "" },
    gpu: { type: "string", default: "http://127.0.0.1:9401" },
    kubeconfig: { type: "string", default: process.env["KUBECONFIG"] ?? "" },
    context: { type: "string" },
  });
  if (values.node === "" || values.kubeconfig === "")
    throw new FiredrillError("USAGE_FLAG", "which node of which cluster?", {
      received: args.join(" "),
      expected: `${usage}; KUBECONFIG will do for --kubeconfig`,
    });
  const { kubectl } = await requireKubernetesTools();
  await using api = await openKubeApi(kubectl.path, values.kubeconfig, values.context);
  const stop = new AbortController();
  let trouble = "";
  const kept = keepNode({
    api,
    node: values.node,
    view: () => readView(values.gpu),
    clock: systemClock(),
    signal: stop.signal,
    onTrouble: (error) => {
      const said = error instanceof Error ? error.message : String(error);
      // Once, and not every second that it lasts.
      if (said !== trouble) process.stderr.write(`${said}\n`);
      trouble = said;
    },
  });
  process.stdout.write(`keeping node ${values.node} as ${values.gpu} says; Ctrl-C stops\n`);
  await untilStopped();
  stop.abort();
  await kept;
  return 0;
}

async function readView(gpu: string): Promise<NodeView> {
  const response = await fetch(`${gpu}/node`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  if (!response.ok) throw new Error(`${gpu}/node answered ${response.status}`);
  return (await response.json()) as NodeView;
}
