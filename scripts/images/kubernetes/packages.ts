import { candidateVersion } from "../distribution.ts";
import { packagesRecipe } from "../packages-recipe.ts";
import type { Recipe } from "../recipe.ts";

/** containerd and what it stands on, what kube-proxy and faults call, and a balancer for agents. */
const PACKAGES = [
  "containerd",
  "runc",
  "containernetworking-plugins",
  "iptables",
  "ipset",
  "conntrack",
  "ebtables",
  "iproute2",
  "ethtool",
  "socat",
  "kmod",
  "procps",
  "busybox-static",
  "ca-certificates",
  "curl",
  "jq",
  "openssl",
  "nginx-light",
  "libnginx-mod-stream",
] as const;

/** The distribution's part of a cluster's node, and of the load balancer in front of it. */
export const nodePackages: Recipe = packagesRecipe({
  name: "kubernetes-node",
  estimateSeconds: 60,
  version: () => candidateVersion("containerd"),
  packages: () => PACKAGES,
});
