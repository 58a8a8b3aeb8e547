import type Docker from "dockerode";
import { answered } from "../in-node.ts";
import { isNotFound, kubectlInServer } from "../kubectl-in-server.ts";

/** Reads an object or a list with `kubectl get` in a server; null when it is gone, or its cluster. */
export async function readInCluster<T>(
  docker: Docker,
  cluster: string,
  what: readonly string[],
): Promise<T | null> {
  const answer = await kubectlInServer(docker, cluster, ["get", ...what, "--output=json"]);
  if (answer === null || isNotFound(answer)) return null;
  return JSON.parse(answered(`reading ${what.join(" ")}`, answer)) as T;
}

/** Changes something with kubectl in a server; what is gone, or its cluster, needs no change. */
export async function changeInCluster(
  docker: Docker,
  cluster: string,
  what: string,
  argv: readonly string[],
  options: { readonly stdin?: string } = {},
): Promise<void> {
  const answer = await kubectlInServer(docker, cluster, argv, options);
  if (answer !== null && !isNotFound(answer)) answered(what, answer);
}

/** A JSON patch (RFC 6902) of an object; it goes in by standard input, for what is in it may be secret. */
export function patchInCluster(
  docker: Docker,
  cluster: string,
  what: readonly string[],
  patch: readonly object[],
): Promise<void> {
  const argv = ["patch", ...what, "--type=json", "--patch-file=/dev/stdin"];
  return changeInCluster(docker, cluster, `patching ${what.join(" ")}`, argv, {
    stdin: JSON.stringify(patch),
  });
}
