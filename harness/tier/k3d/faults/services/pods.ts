import { FiredrillError } from "../../../../error.ts";
import type { Confirmation, ResolvedFault } from "../../../../fault/injector.ts";
import type { WorkloadRef } from "../../../../stack/spec.ts";
import { inspectOrNull } from "../../../compose/containers.ts";
import { KubeRefusal, KubeSilence } from "../../api/kube-api.ts";
import type { ContainerStatus, Pod } from "../../api/objects.ts";
import type { K3dFaultContext, Located } from "../context.ts";
import { locateTargets } from "../targets.ts";

/** A pod that a fault hits, as it was when the fault was prepared. */
export interface PodTarget {
  readonly service: string;
  readonly workload: WorkloadRef;
  readonly pod: Pod;
  /** The name of its node, and of the node's container. */
  readonly node: string;
}

type LocatedService = Extract<Located, { kind: "service" }>;

/** The services that a fault hits. @throws USAGE_SELECTION for nodes and clusters */
export async function targetServices(
  context: K3dFaultContext,
  fault: ResolvedFault,
): Promise<LocatedService[]> {
  return (await locateTargets(context, fault)).map((located) => {
    if (located.kind === "service") return located;
    throw new FiredrillError("USAGE_SELECTION", `"${located.name}" is no service`, {
      received: `a ${located.kind}`,
      expected: `a service, which is what ${fault.kind} hits`,
    });
  });
}

/** Every pod of the targets that runs. @throws RUN_FAULT when a target has none: what is down can't be broken */
export async function runningPods(context: K3dFaultContext, fault: ResolvedFault): Promise<PodTarget[]> {
  const services = await targetServices(context, fault);
  const running = await Promise.all(services.map((service) => runningOf(context, service)));
  const down = services.find((_, at) => running[at]?.length === 0);
  if (down === undefined) return running.flat();
  throw new FiredrillError("RUN_FAULT", `"${down.name}" does not run, so ${fault.kind} has no target`, {
    received: `${down.pods.length} pods, none with a running container on a node that is up`,
    expected: "a pod that runs",
  });
}

/** The same, of pods with a network of their own. @throws USAGE_FAULT for `hostNetwork`: there it would hit the node */
export async function networkedPods(context: K3dFaultContext, fault: ResolvedFault): Promise<PodTarget[]> {
  const targets = await runningPods(context, fault);
  const shared = targets.find(({ pod }) => pod.spec.hostNetwork);
  if (shared === undefined) return targets;
  throw new FiredrillError("USAGE_FAULT", `${fault.kind} can't be told apart from its node's`, {
    received: `"${shared.service}" uses its node's network (hostNetwork)`,
    expected: "a pod with a network of its own",
    hint: "make the node the fault's target",
  });
}

/** The pods of a service that run, on nodes that are up: of other nodes the API only has old news. */
export async function runningOf(
  context: K3dFaultContext,
  { name, workload, pods }: LocatedService,
): Promise<PodTarget[]> {
  const running = pods.flatMap((pod) =>
    pod.spec.nodeName !== undefined && runningContainers(pod).length > 0
      ? [{ service: name, workload, pod, node: pod.spec.nodeName }]
      : [],
  );
  const nodes = [...new Set(running.map(({ node }) => node))];
  const infos = await Promise.all(nodes.map((node) => inspectOrNull(context.docker, node)));
  const up = nodes.filter((_, at) => infos[at]?.State.Running && !infos[at]?.State.Paused);
  return running.filter(({ node }) => up.includes(node));
}

/** The containers of a pod that run, by the runtime's ids. */
export function runningContainers({ status }: Pod): string[] {
  return (status.containerStatuses ?? []).flatMap((container) =>
    container.state.running ? containerId(container) : [],
  );
}

/** As the runtime has it: `containerd://…` without what stands before. */
export function containerId({ containerID }: Pick<ContainerStatus, "containerID">): string[] {
  return containerID === undefined ? [] : [containerID.replace(/^[a-z-]+:\/\//, "")];
}

/** The pod as the API has it now, also while it is being deleted; null when it is gone or another has its name. */
export async function podNow(context: K3dFaultContext, { workload, pod }: PodTarget): Promise<Pod | null> {
  const { api } = context.cluster(workload.cluster);
  try {
    const now = await api.get<Pod>(`/api/v1/namespaces/${workload.namespace}/pods/${pod.metadata.name}`);
    return now.metadata.uid === pod.metadata.uid ? now : null;
  } catch (error) {
    if (error instanceof KubeRefusal && error.status === 404) return null;
    throw error;
  }
}

/** Confirmed when every pod is; the evidence names each. */
export async function confirmEachPod<T extends PodTarget>(
  targets: readonly T[],
  confirm: (target: T) => Promise<Confirmation>,
): Promise<Confirmation> {
  const answers = await Promise.all(targets.map(confirm));
  return {
    confirmed: answers.every(({ confirmed }) => confirmed),
    evidence: answers.map(({ evidence }, at) => `${targets[at]?.pod.metadata.name}: ${evidence}`).join("; "),
  };
}

/** For effects that last: also every pod that has come up since must be one of those that were hit. */
export async function confirmAllPods<T extends PodTarget>(
  context: K3dFaultContext,
  targets: readonly T[],
  confirm: (target: T) => Promise<Confirmation>,
): Promise<Confirmation> {
  const spared = await sparedPods(context, targets);
  if (spared.length === 0) return confirmEachPod(targets, confirm);
  return { confirmed: false, evidence: `not hit, because they came later: ${spared.join(", ")}` };
}

/** Pods of the same services that run and were not hit. While the API is silent nobody can start any. */
async function sparedPods(context: K3dFaultContext, targets: readonly PodTarget[]): Promise<string[]> {
  const hit = new Set(targets.map(({ pod }) => pod.metadata.uid));
  const services = [...new Set(targets.map(({ service }) => service))];
  const located = await unlessSilent(Promise.all(services.map((service) => context.locate(service))), []);
  const running = await Promise.all(
    located.map((it) => (it.kind === "service" ? runningOf(context, it) : [])),
  );
  return running
    .flat()
    .filter(({ pod }) => !hit.has(pod.metadata.uid))
    .map(({ pod }) => pod.metadata.name);
}

/** What the API answered; `otherwise` while it gives no answer, which must not look as if an effect had gone. */
export async function unlessSilent<T>(answer: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KubeSilence) return otherwise;
    throw error;
  }
}
