import { FiredrillError } from "../../../../error.ts";
import type { Confirmation, Injector, ResolvedFault } from "../../../../fault/injector.ts";
import type { UndoAction } from "../../../../fault/undo.ts";
import { faultToken } from "../../../compose/faults/toolbox.ts";
import { KubeRefusal } from "../../api/kube-api.ts";
import type { ContainerState, Pod } from "../../api/objects.ts";
import type { K3dFaultContext } from "../context.ts";
import { backupPath, newBackup } from "./config-backup.ts";
import {
  type ConfigKey,
  type ConfigObject,
  configPath,
  findKey,
  garbage,
  valueOf,
  valuePath,
} from "./config-object.ts";
import { type ConfigRef, configRefs, parseRef, type PodTemplate } from "./config-refs.ts";
import { confirmEach } from "./confirm-each.ts";
import { endPods, everyPodOf, type HitWorkload, hitWorkloads, selectorText, workloadPath } from "./pods.ts";

interface Hit extends HitWorkload, ConfigKey {
  /** Names the value, in any process: two faults on one value never take each other's garbage for the original. */
  readonly token: string;
  readonly garbage: string;
  /** The pods before the fault, by uid: they were started with what was there before. */
  readonly before: ReadonlySet<string>;
}

/**
 * Puts garbage into one key of a ConfigMap or Secret of a workload and ends the workload's pods, so that their controller
 * makes new ones that start with it. The original stays inside the cluster, in a Secret of ours, and is in no file, log or
 * event.
 */
export function configCorruptInjector(context: K3dFaultContext): Injector {
  return {
    async prepare(fault) {
      const workloads = await hitWorkloads(context, fault);
      const hits = await Promise.all(workloads.map((it) => planFor(context, it, fault)));
      return {
        undo: [...Map.groupBy(hits, ({ token }) => token).values()].map(undoFor),
        apply: async () => {
          // One after the other: they may share the value.
          for (const hit of hits) await corrupt(hit);
        },
        confirm: () => confirmEach(hits, isCorrupt),
      };
    },
  };
}

async function planFor(context: K3dFaultContext, hit: HitWorkload, fault: ResolvedFault): Promise<Hit> {
  const { api, ref, place, clusterId } = hit;
  const { spec } = await api.get<{ readonly spec: { readonly template: PodTemplate } }>(workloadPath(ref));
  const object = chooseObject(place, configRefs(spec.template), fault.params.object);
  const where = await findKey(api, place, { object, namespace: ref.namespace }, fault.params.key);
  const before = new Set((await everyPodOf(api, ref)).map(({ metadata }) => metadata.uid));
  const token = faultToken(context, "config-corrupt", `${clusterId}${configPath(where)}/${where.key}`);
  return { ...hit, ...where, token, garbage: garbage(where, token), before };
}

/** For the workloads that share one corrupted value. */
function undoFor(hits: readonly Hit[]): UndoAction {
  const [first] = hits as readonly [Hit, ...Hit[]];
  const { clusterId, token, namespace, object, field, key } = first;
  const selectors = hits.map(({ ref }) => selectorText(ref));
  return {
    op: "restore-config",
    args: {
      cluster: clusterId,
      token,
      namespace,
      kind: object.kind,
      name: object.name,
      field,
      key,
      selectors,
    },
  };
}

/** @throws USAGE_FAULT unless it is one that the workload uses */
function chooseObject(place: string, used: readonly ConfigRef[], wanted: string | undefined): ConfigRef {
  const words = used.map(({ kind, name }) => `${kind}/${name}`);
  const word = wanted ?? (words.length === 1 ? words[0] : undefined);
  if (word !== undefined && words.includes(word)) return parseRef(word);
  throw new FiredrillError("USAGE_FAULT", `config-corrupt: which ConfigMap or Secret of "${place}"?`, {
    received: wanted ?? "no `object`",
    expected: words.length === 0 ? "a workload that uses one" : `one of ${words.join(", ")}`,
    hint: 'say which in the fault\'s parameters: { object: "configmap/NAME" }',
  });
}

async function corrupt(hit: Hit): Promise<void> {
  const { api, ref } = hit;
  const value = valueOf(await api.get<ConfigObject>(configPath(hit)), hit);
  if (value !== hit.garbage) {
    await keepOriginal(hit, value ?? "");
    await api.patch(configPath(hit), "json", [
      { op: "test", path: valuePath(hit), value },
      { op: "replace", path: valuePath(hit), value: hit.garbage },
    ]);
  }
  await endPods(api, await everyPodOf(api, ref));
}

/** An older one is of an application that somebody has repaired since: what is there now is the original. */
async function keepOriginal({ api, token }: Hit, value: string): Promise<void> {
  try {
    await api.post(backupPath(), newBackup(token, value));
  } catch (error) {
    if (!(error instanceof KubeRefusal && error.status === 409)) throw error;
    await api.put(backupPath(token), newBackup(token, value));
  }
}

/** The garbage is in the object, no pod is left from before, and some pod was started with it, or could not be. */
async function isCorrupt(hit: Hit): Promise<Confirmation> {
  const { api, ref, object, key } = hit;
  const there = valueOf(await api.get<ConfigObject>(configPath(hit)), hit) === hit.garbage;
  const pods = await everyPodOf(api, ref);
  const old = pods.filter(({ metadata }) => hit.before.has(metadata.uid));
  const started = pods.filter((pod) => !hit.before.has(pod.metadata.uid) && hasMet(pod));
  const words = `${key} of ${object.kind}/${object.name} ${there ? "holds garbage" : "does not hold the garbage"}`;
  return {
    confirmed: there && old.length === 0 && started.length > 0,
    evidence: `${words}; ${old.length} pods are left from before, ${started.length} met it${describe(started)}`,
  };
}

/** Why a container could not even be created: what it was given makes no sense (kubelet, kuberuntime). */
const CREATION_FAILED: readonly string[] = [
  "CreateContainerConfigError",
  "CreateContainerError",
  "RunContainerError",
];

const hasMet = ({ status }: Pod): boolean =>
  (status.containerStatuses ?? []).some(
    ({ containerID, state }) =>
      containerID !== undefined || CREATION_FAILED.includes(state.waiting?.reason ?? ""),
  );

function describe(pods: readonly Pod[]): string {
  const states = pods.flatMap(({ status }) =>
    (status.containerStatuses ?? []).map(({ state }) => wordFor(state)),
  );
  return states.length === 0 ? "" : ` (${[...new Set(states)].join(", ")})`;
}

const wordFor = ({ running, waiting, terminated }: ContainerState): string =>
  running ? "running" : (waiting?.reason ?? terminated?.reason ?? "unknown");
