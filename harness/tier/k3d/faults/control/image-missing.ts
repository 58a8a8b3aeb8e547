import { FiredrillError } from "../../../../error.ts";
import type { Confirmation, Injector } from "../../../../fault/injector.ts";
import type { UndoAction } from "../../../../fault/undo.ts";
import { faultToken } from "../../../compose/faults/toolbox.ts";
import type { Pod } from "../../api/objects.ts";
import type { K3dFaultContext } from "../context.ts";
import { confirmEach } from "./confirm-each.ts";
import { killPods } from "./kill-pods.ts";
import { endPods, everyPodOf, type HitWorkload, hitWorkloads, selectorText, workloadPath } from "./pods.ts";

/** Which of several containers is meant (kubectl's own annotation); without it the first. */
const DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";
/** What the kubelet says while an image can't be had (kubelet, pkg/kubelet/images/types.go). */
const WAITING_FOR_IMAGE: readonly string[] = ["ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull"];
const LOOK_EVERY_MS = 250;
/** Ten seconds; what is left then shows in the confirmation. */
const LOOKS_FOR_OLD = 40;

/** A Deployment, StatefulSet or DaemonSet, as far as its image and its way of rolling out go. */
export interface ImageWorkload {
  readonly metadata: { readonly generation: number };
  readonly status: { readonly observedGeneration?: number };
  readonly spec: {
    readonly replicas?: number;
    /** Of a Deployment. */
    readonly strategy?: { readonly type?: string };
    readonly template: {
      readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
      readonly spec: { readonly containers: readonly { readonly name: string; readonly image: string }[] };
    };
  };
}

interface Hit extends HitWorkload {
  readonly container: string;
  readonly image: string;
  /** An image's name that nobody can pull: on the node itself, at a port where nobody listens (1: tcpmux), so nothing leaves it. */
  readonly missing: string;
  /** What it is changed from; null: it stays. */
  readonly strategy: ImageWorkload["spec"]["strategy"] | null;
  readonly rolling: boolean;
}

/**
 * Makes a workload ask for an image that nobody has. Rolling, as a bad release, it keeps the old pods that its strategy keeps
 * until new ones are ready; else a Deployment's strategy is `Recreate` for the time of the fault, and the other kinds' pods
 * are deleted.
 */
export function imageMissingInjector(context: K3dFaultContext): Injector {
  return {
    async prepare(fault) {
      const rolling = fault.params.rolling === true;
      const hits = await Promise.all(
        (await hitWorkloads(context, fault)).map((hit) => planFor(context, hit, rolling)),
      );
      let proven = false;
      return {
        // An earlier application that is still in effect knows what there was before.
        undo: hits.filter(({ image, missing }) => image !== missing).map(undoFor),
        apply: async () => void (await Promise.all(hits.map((hit) => askForMissing(context, hit)))),
        confirm: async () => {
          const answer = await confirmEach(hits, rolling ? (proven ? stillAsked : someWait) : allWait);
          proven ||= answer.confirmed;
          return answer;
        },
      };
    },
  };
}

async function planFor(context: K3dFaultContext, hit: HitWorkload, rolling: boolean): Promise<Hit> {
  const { spec } = await hit.api.get<ImageWorkload>(workloadPath(hit.ref));
  const { metadata, spec: pod } = spec.template;
  const wanted = metadata?.annotations?.[DEFAULT_CONTAINER];
  const main = pod.containers.find(({ name }) => name === wanted) ?? pod.containers[0];
  if (main === undefined || spec.replicas === 0) {
    throw new FiredrillError("RUN_FAULT", `"${hit.place}" has no pod that could miss its image`, {
      received: "it is scaled to zero",
      expected: "at least one replica",
    });
  }
  // The same for every fault on this workload: two that overlap never take each other's image for the original.
  const token = faultToken(context, "image-missing", workloadPath(hit.ref));
  const missing = `127.0.0.1:1/missing:${token}`;
  const strategy = rolling ? null : (spec.strategy ?? null);
  return { ...hit, rolling, container: main.name, image: main.image, missing, strategy };
}

function undoFor({ clusterId, ref, container, image, missing, strategy }: Hit): UndoAction {
  const { namespace, kind, name } = ref;
  return {
    op: "restore-image",
    args: {
      cluster: clusterId,
      namespace,
      kind: kind.toLowerCase(),
      name,
      selector: selectorText(ref),
      container,
      image,
      missing,
      strategy: strategy === null ? null : JSON.stringify(strategy),
    },
  };
}

/**
 * Ends the old pods once the controller has seen the new template: before that it would make them again. By then it may have
 * given them their whole grace, which the kubelet does not shorten any more, so their processes are killed.
 */
async function askForMissing(context: K3dFaultContext, hit: Hit): Promise<void> {
  const { api, ref, container, missing, strategy, rolling } = hit;
  const path = workloadPath(ref);
  const template = { spec: { containers: [{ name: container, image: missing }] } };
  const recreate = strategy === null ? {} : { strategy: { type: "Recreate", rollingUpdate: null } };
  const { metadata } = await api.patch<ImageWorkload>(path, "strategic-merge", {
    spec: { template, ...recreate },
  });
  if (rolling) return;
  for (let look = 1; look <= LOOKS_FOR_OLD; look++) {
    const { status } = await api.get<ImageWorkload>(path);
    if ((status.observedGeneration ?? 0) >= metadata.generation) {
      const old = (await everyPodOf(api, ref)).filter((pod) => imageOf(pod, container) !== missing);
      if (old.length === 0) return;
      await endPods(api, old);
      await killPods(context.docker, old);
    }
    await context.clock.sleep(LOOK_EVERY_MS);
  }
}

/** No pod runs the workload's own image any more, and those that came instead wait for the one that is not there. */
async function allWait({ api, ref, container, missing }: Hit): Promise<Confirmation> {
  const pods = await everyPodOf(api, ref);
  const stale = pods.filter((pod) => imageOf(pod, container) !== missing);
  const waiting = pods.flatMap((pod) => waitsFor(pod, container) ?? []);
  const reasons = [...new Set(waiting)].join(", ");
  return {
    confirmed: pods.length > 0 && stale.length === 0 && waiting.length === pods.length,
    evidence: `${waiting.length} of ${pods.length} pods wait for ${missing}${reasons === "" ? "" : ` (${reasons})`}`,
  };
}

/** The roll-out is under way and stuck: at least one pod waits for the image that is not there. */
async function someWait({ api, ref, container, missing }: Hit): Promise<Confirmation> {
  const pods = await everyPodOf(api, ref);
  const waiting = pods.flatMap((pod) => waitsFor(pod, container) ?? []);
  const evidence = `${waiting.length} of ${pods.length} pods wait for ${missing}`;
  return { confirmed: waiting.length > 0, evidence };
}

/** Once it was stuck, it is for as long as the workload asks for that image: its waiting pods come and go. */
async function stillAsked({ api, ref, container, missing }: Hit): Promise<Confirmation> {
  const { spec } = await api.get<ImageWorkload>(workloadPath(ref));
  const asked = spec.template.spec.containers.find(({ name }) => name === container)?.image;
  return { confirmed: asked === missing, evidence: `it asks for ${asked ?? "no such container"}` };
}

const imageOf = ({ spec }: Pod, container: string): string | undefined =>
  spec.containers.find(({ name }) => name === container)?.image;

/** The kubelet's reason, or null. */
function waitsFor({ status }: Pod, container: string): string | null {
  const reason = status.containerStatuses?.find(({ name }) => name === container)?.state.waiting?.reason;
  return reason !== undefined && WAITING_FOR_IMAGE.includes(reason) ? reason : null;
}
