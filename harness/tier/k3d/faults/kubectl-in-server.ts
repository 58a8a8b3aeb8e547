import type Docker from "dockerode";
import { FiredrillError } from "../../../error.ts";
import { labelFilter } from "../../../stack/labels.ts";
import { statusOf } from "../../compose/containers.ts";
import { execInNode, type NodeAnswer } from "./in-node.ts";

/** For one answer of the API server. */
const REQUEST_TIMEOUT = "10s";
/**
 * Where kubectl finds the API on its own server. Not 127.0.0.1, which an `api-outage` closes for everybody; the
 * certificate is not made out to this address, so its name is said.
 */
export const BACK_DOOR = "127.0.0.2";
const WAY_IN = [
  `--server=https://${BACK_DOOR}:6443`,
  "--tls-server-name=localhost",
  `--request-timeout=${REQUEST_TIMEOUT}`,
];
/** kubectl's words for a server that gave no answer; another server of the cluster may. */
const NO_ANSWER = /connection refused|unable to connect|timed? ?out|timeout|no route to host|etcdserver|EOF/i;

/**
 * Runs kubectl as the cluster's administrator in a server that runs, for undoing from disk: it needs the engine and no
 * kubeconfig. The options `-n` and so on come with `argv`. Null when the cluster is gone: nothing is left to be undone.
 * @throws RUN_FAULT when the cluster is there and no server answers
 */
export async function kubectlInServer(
  docker: Docker,
  clusterId: string,
  argv: readonly string[],
  options: { readonly stdin?: string } = {},
): Promise<NodeAnswer | null> {
  const filters = labelFilter({ "k3d.cluster": clusterId, "k3d.role": "server" });
  const servers = await docker.listContainers({ all: true, filters });
  if (servers.length === 0) return null;
  const silent: string[] = [];
  for (const { Id, Names, State } of servers) {
    const name = Names[0]?.slice(1) ?? Id;
    if (State !== "running") {
      silent.push(`${name} is ${State}`);
      continue;
    }
    const answer = await answerOf(docker, Id, argv, options);
    if (answer === null) silent.push(`${name} ended meanwhile`);
    else if (answer.exitCode !== 0 && NO_ANSWER.test(answer.stderr)) silent.push(`${name}: ${answer.stderr}`);
    else return answer;
  }
  throw new FiredrillError("RUN_FAULT", `no server of the cluster ${clusterId} answers kubectl`, {
    received: silent.join("; ").slice(-500),
    expected: "a server that runs and whose API is up",
    hint: "start or unpause it with docker, then clean up again: npx firedrill cleanup",
  });
}

/** Did kubectl say that the object does not exist? */
export function isNotFound({ exitCode, stderr }: NodeAnswer): boolean {
  return exitCode !== 0 && stderr.includes("(NotFound)");
}

async function answerOf(
  docker: Docker,
  id: string,
  argv: readonly string[],
  options: { readonly stdin?: string },
): Promise<NodeAnswer | null> {
  try {
    return await execInNode(docker, id, ["kubectl", ...WAY_IN, ...argv], options);
  } catch (error) {
    if ([404, 409].includes(statusOf(error) ?? 0)) return null;
    throw error;
  }
}
