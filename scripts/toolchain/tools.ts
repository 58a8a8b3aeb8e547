import { fileURLToPath } from "node:url";

/** A program that is built from its pinned and checksummed Go module. */
export interface PinnedTool {
  /** Name of the program. */
  readonly name: string;
  readonly version: string;
  /** Folder with the `go.mod` and `go.sum` that pin it. */
  readonly folder: string;
  /** Go package of its main function. */
  readonly main: string;
  /** Variables of the program that carry its version. */
  readonly versionVariables: Readonly<Record<string, string>>;
  /** Measured with empty Go caches on two cores; what a tool shares with those before it is compiled once. */
  readonly estimateSeconds: number;
  /** Go packages under it (`go list -deps`); only for saying how far a build is. */
  readonly packages: number;
}

/** The newest Go that one of the modules asks for; a Go of 1.21 or later fetches it by itself. */
export const NEWEST_GO = "1.26.3";

/** Compose v2. For every tool `go.mod` holds the same version, and a test compares them. */
export const COMPOSE: PinnedTool = {
  name: "docker-compose",
  version: "v2.40.3",
  folder: folder("compose"),
  main: "github.com/docker/compose/v2/cmd",
  versionVariables: { "github.com/docker/compose/v2/internal.Version": "v2.40.3" },
  estimateSeconds: 105,
  packages: 1310,
};

export const K3D: PinnedTool = {
  name: "k3d",
  version: "v5.9.0",
  folder: folder("k3d"),
  main: "github.com/k3d-io/k3d/v5",
  // Without it k3d looks for helper images with the tag `latest`.
  versionVariables: { "github.com/k3d-io/k3d/v5/version.Version": "v5.9.0" },
  estimateSeconds: 30,
  packages: 716,
};

export const HELM: PinnedTool = {
  name: "helm",
  version: "v3.19.0",
  folder: folder("helm"),
  main: "helm.sh/helm/v3/cmd/helm",
  versionVariables: { "helm.sh/helm/v3/internal/version.version": "v3.19.0" },
  estimateSeconds: 50,
  packages: 951,
};

/** The newest Kubernetes whose kubelet takes cgroup version 1 without being told to (kubernetes#134298). */
export const KUBERNETES_VERSION = "v1.34.3";

const kubernetes = (name: string, estimateSeconds: number, packages: number): PinnedTool => ({
  name,
  version: KUBERNETES_VERSION,
  folder: folder("kubernetes"),
  main: `k8s.io/kubernetes/cmd/${name}`,
  // As hack/lib/version.sh of Kubernetes sets them.
  versionVariables: Object.fromEntries(
    ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((path) => [
      [`${path}.gitVersion`, KUBERNETES_VERSION],
      [`${path}.gitMajor`, "1"],
      [`${path}.gitMinor`, "34"],
    ]),
  ),
  estimateSeconds,
  packages,
});

export const KUBECTL = kubernetes("kubectl", 90, 888);

const etcd = (name: string, main: string, estimateSeconds: number, packages: number): PinnedTool => ({
  name,
  version: "v3.6.6",
  folder: folder("etcd"),
  main,
  versionVariables: {},
  estimateSeconds,
  packages,
});

/** What runs on a node of a cluster, besides the distribution's packages. */
export const NODE_PROGRAMS: readonly PinnedTool[] = [
  KUBECTL,
  kubernetes("kube-apiserver", 120, 1947),
  kubernetes("kube-controller-manager", 55, 2323),
  kubernetes("kube-scheduler", 20, 1384),
  kubernetes("kubelet", 30, 1724),
  kubernetes("kube-proxy", 10, 1395),
  etcd("etcd", "go.etcd.io/etcd/server/v3", 14, 565),
  etcd("etcdctl", "go.etcd.io/etcd/etcdctl/v3", 4, 377),
];

export const COREDNS: PinnedTool = {
  name: "coredns",
  version: "v1.12.4",
  folder: folder("coredns"),
  main: "github.com/coredns/coredns",
  versionVariables: {},
  estimateSeconds: 80,
  packages: 1277,
};

/** What the bench holds the mocks' fault pipe against. */
export const TOXIPROXY: PinnedTool = {
  name: "toxiproxy-server",
  version: "v2.12.0",
  folder: folder("toxiproxy"),
  main: "github.com/Shopify/toxiproxy/v2/cmd/server",
  versionVariables: { "github.com/Shopify/toxiproxy/v2.Version": "v2.12.0" },
  estimateSeconds: 35,
  packages: 267,
};

/** Our own: what holds a pod's namespaces open. Another text in `main.go` is another version. */
export const PAUSE: PinnedTool = {
  name: "pause",
  version: "v1",
  folder: folder("pause"),
  main: "firedrill.dev/toolchain/pause",
  versionVariables: {},
  estimateSeconds: 5,
  packages: 50,
};

function folder(name: string): string {
  return fileURLToPath(new URL(`./${name}/`, import.meta.url));
}
