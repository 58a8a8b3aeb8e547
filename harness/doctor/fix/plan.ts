import { assertNever } from "../../error.ts";
import { OPERATOR_TOOLS } from "../operator-tools.ts";
import type { KubernetesTool } from "../../tier/k3d/tools.ts";
import type { Facts } from "./facts.ts";

/** One repair. They are made in the order of the plan. */
export type Repair =
  | { readonly kind: "packages"; readonly names: readonly string[] }
  | { readonly kind: "runtime-wrapper" }
  | { readonly kind: "start-engine"; readonly how: "systemd" | "by hand" }
  | { readonly kind: "compose" }
  | { readonly kind: "images"; readonly images: readonly string[] }
  | { readonly kind: "kubernetes-tools"; readonly names: readonly KubernetesTool[] }
  | { readonly kind: "cluster-images"; readonly images: readonly string[] };

export interface RepairPlan {
  readonly repairs: readonly Repair[];
  /** What is missing and can't be repaired from here, each with what a person can do. */
  readonly refused: readonly string[];
}

/**
 * What to do, from what was found. An engine that answers is never changed: nothing about it is installed,
 * configured or started.
 */
export function planRepairs(facts: Facts): RepairPlan {
  const refused: string[] = [];
  const repairs: Repair[] = [];
  const obstacle = aptObstacle(facts);

  if (!facts.engineAnswers) {
    const why = engineObstacle(facts, obstacle);
    if (why === null) repairs.push(...engineRepairs(facts));
    else refused.push(`no Docker engine: ${why}`);
  }
  const engineWillBe = facts.engineAnswers || repairs.some(({ kind }) => kind === "start-engine");
  if (
    !facts.programs.has("mmdebstrap") &&
    obstacle === null &&
    facts.imagesAbsent.length + facts.clusterImagesAbsent.length > 0 &&
    engineWillBe
  ) {
    repairs.unshift({ kind: "packages", names: ["mmdebstrap"] });
  }
  const tools = OPERATOR_TOOLS.filter((name) => !facts.programs.has(name));
  if (tools.length > 0 && obstacle === null) repairs.unshift({ kind: "packages", names: tools });
  else if (tools.length > 0) refused.push(`runbook tools ${tools.join(", ")}: ${obstacle}`);
  if (!facts.composeFound) repairs.push({ kind: "compose" });
  if (facts.imagesAbsent.length > 0 && engineWillBe)
    repairs.push({ kind: "images", images: facts.imagesAbsent });
  if (facts.kubernetesToolsAbsent.length > 0)
    repairs.push({ kind: "kubernetes-tools", names: facts.kubernetesToolsAbsent });
  // Last, because it takes longest and the other tiers do without.
  if (facts.clusterImagesAbsent.length > 0 && engineWillBe)
    repairs.push({ kind: "cluster-images", images: facts.clusterImagesAbsent });
  return { repairs: mergePackages(repairs), refused };
}

function aptObstacle(facts: Facts): string | null {
  if (facts.distribution !== "debian" && facts.distribution !== "ubuntu") {
    return "packages are installed on Debian and Ubuntu only; install Docker yourself, e.g. Docker Desktop";
  }
  if (!facts.programs.has("apt-get")) return "there is no apt-get here; install docker.io yourself";
  return facts.isRoot ? null : "packages are installed as root only; run it with sudo";
}

function engineObstacle(facts: Facts, apt: string | null): string | null {
  if (facts.dockerHostSet) return "DOCKER_HOST names one that does not answer; correct it, or unset it";
  if (apt !== null) return apt;
  if (facts.sysResourceMissing && facts.daemonJsonExists && !facts.programs.has("dockerd")) {
    return "/etc/docker/daemon.json exists and is not changed, but this machine needs a runtime wrapper in it";
  }
  return null;
}

function engineRepairs(facts: Facts): Repair[] {
  const repairs: Repair[] = [];
  const wrapper = facts.sysResourceMissing && !facts.daemonJsonExists;
  const names = [
    ...(facts.programs.has("dockerd") ? [] : ["docker.io", "ca-certificates"]),
    ...(facts.programs.has("docker") ? [] : ["docker-cli"]),
    ...(facts.programs.has("iptables") ? [] : ["iptables"]),
  ];
  // Before the packages: where their installation starts the engine, it starts with the wrapper.
  if (wrapper) repairs.push({ kind: "runtime-wrapper" });
  if (names.length > 0) repairs.push({ kind: "packages", names });
  repairs.push({ kind: "start-engine", how: facts.systemd ? "systemd" : "by hand" });
  return repairs;
}

/** One call of apt-get is faster than two. */
function mergePackages(repairs: readonly Repair[]): Repair[] {
  const names = repairs.flatMap((repair) => (repair.kind === "packages" ? repair.names : []));
  const last = repairs.findLastIndex(({ kind }) => kind === "packages");
  return repairs.flatMap((repair, at): Repair[] => {
    if (repair.kind !== "packages") return [repair];
    return at === last ? [{ kind: "packages", names }] : [];
  });
}

/** For the question before it begins, and for the progress. */
export function describeRepair(repair: Repair): string {
  switch (repair.kind) {
    case "packages":
      return `install from the distribution: ${repair.names.join(", ")} (about 30 s)`;
    case "runtime-wrapper":
      return "write a runtime wrapper and /etc/docker/daemon.json, because CAP_SYS_RESOURCE is withheld here";
    case "start-engine":
      return repair.how === "systemd" ? "start the docker service" : "start dockerd in the background";
    case "compose":
      return "Docker Compose v2: from the distribution, else built from pinned Go modules (about 2 min)";
    case "images":
      return `pull or build ${repair.images.join(", ")} (about 2 min)`;
    case "kubernetes-tools":
      return `${repair.names.join(", ")}: from the distribution, else built from pinned Go modules (about 3 min)`;
    case "cluster-images":
      return `pull or build ${repair.images.join(", ")} (about 8 min)`;
    default:
      return assertNever(repair);
  }
}
