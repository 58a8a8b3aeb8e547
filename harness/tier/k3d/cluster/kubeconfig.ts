import { parse, stringify } from "yaml";
import { FiredrillError } from "../../../error.ts";

/** The parts of a kubeconfig that we read (client-go, tools/clientcmd/api/v1). */
interface Kubeconfig {
  readonly clusters?: readonly { readonly cluster: unknown }[];
  readonly users?: readonly { readonly user: unknown }[];
}

/** One cluster's entry in the run's kubeconfig. */
export interface KubeconfigEntry {
  /** The context's name: the cluster's name in the stack. */
  readonly context: string;
  /** As `k3d kubeconfig get` wrote it. */
  readonly text: string;
  /** What `kubectl` without `-n` means. */
  readonly namespace: string;
}

/** One kubeconfig with a context for each cluster; the first is the current one. @throws RUN_STACK for something else than a kubeconfig */
export function mergeKubeconfigs(entries: readonly KubeconfigEntry[]): string {
  const read = entries.map(({ context, text, namespace }) => {
    const config = parse(text) as Kubeconfig | null;
    const cluster = config?.clusters?.[0]?.cluster;
    const user = config?.users?.[0]?.user;
    if (cluster === undefined || user === undefined) {
      throw new FiredrillError("RUN_STACK", `cluster "${context}" has no kubeconfig`, {
        expected: "a kubeconfig with a cluster and a user from k3d",
      });
    }
    return { context, cluster, user, namespace };
  });
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: read.map(({ context, cluster }) => ({ name: context, cluster })),
    users: read.map(({ context, user }) => ({ name: context, user })),
    contexts: read.map(({ context, namespace }) => ({
      name: context,
      context: { cluster: context, user: context, namespace },
    })),
    "current-context": read[0]?.context ?? "",
  });
}
