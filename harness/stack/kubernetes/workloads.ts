import { z } from "zod";
import { MOCK_NAMES } from "../../../mocks/registry.ts";
import { suggest } from "../../suggest.ts";
import type { ServiceSpec, WorkloadRef } from "../spec.ts";
import { type KubeObject, readPart } from "./objects.ts";
import { type ContainerSpec, podTemplatePath, type PodSpec, readPodSpec } from "./pods.ts";
import { quantityBytes } from "./quantity.ts";

/** On a workload: its role; without it, its name. */
export const ROLE_ANNOTATION = "firedrill.dev/role";
/** On a workload: which mock it is, e.g. `llm`. */
const MOCK_ANNOTATION = "firedrill.dev/mock";
/** Objects that Helm makes for a moment only ("Chart Hooks"). */
const HOOK_ANNOTATION = "helm.sh/hook";
/** Which of several containers is meant, as `kubectl` understands it too. */
const DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";

/** A Deployment, StatefulSet, DaemonSet or bare Pod, and what a service of the spec needs of it. */
export interface Workload {
  readonly object: KubeObject;
  readonly kind: WorkloadRef["kind"];
  readonly selector: Readonly<Record<string, string>>;
  /** Of its pods: Services choose by them. */
  readonly podLabels: Readonly<Record<string, string>>;
  readonly replicas: number;
  readonly role: string | null;
  readonly mock: string | null;
  /** Of its main container. */
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryLimitBytes: number | null;
  /** Volume claim → mount path. A StatefulSet's are those of its first pod: `data-database-0`. */
  readonly volumes: Readonly<Record<string, string>>;
  readonly restart: ServiceSpec["restart"];
}

const KINDS: readonly string[] = ["Deployment", "StatefulSet", "DaemonSet", "Pod"];
const RESTARTS = { Always: "always", OnFailure: "on-failure", Never: "no" } as const;

const labels = z.record(z.string(), z.string());
const templateMetadata = z.object({ labels: labels.nullish(), annotations: labels.nullish() });
const workloadSpec = z.object({
  replicas: z.int().min(0).default(1),
  selector: z
    .object({ matchLabels: labels.optional(), matchExpressions: z.array(z.unknown()).optional() })
    .optional(),
  volumeClaimTemplates: z.array(z.object({ metadata: z.object({ name: z.string() }) })).default([]),
});

/** @throws USAGE_STACK for one that the API would refuse, or that could not be told from others. */
export function workloadsOf(objects: readonly KubeObject[]): Workload[] {
  return objects.filter(isWorkload).map(readWorkload);
}

const isWorkload = ({ kind, annotations }: KubeObject): boolean =>
  KINDS.includes(kind) && !Object.hasOwn(annotations, HOOK_ANNOTATION);

function readWorkload(object: KubeObject): Workload {
  const template = podTemplatePath(object) ?? [];
  const pod = readPodSpec(object, template);
  const metadata = readPart(object, [...template, "metadata"], templateMetadata);
  const kind = object.kind as Workload["kind"];
  const spec = kind === "Pod" ? workloadSpec.parse({}) : readPart(object, ["spec"], workloadSpec);
  const podLabels = metadata.labels ?? {};
  const main = mainContainer(pod, metadata.annotations?.[DEFAULT_CONTAINER]);
  const limit = main.resources?.limits?.memory;
  return {
    object,
    kind,
    selector: kind === "Pod" ? labelled(object, podLabels) : selectorOf(object, spec.selector, podLabels),
    podLabels,
    replicas: kind === "DaemonSet" ? 0 : spec.replicas,
    role: object.annotations[ROLE_ANNOTATION] ?? null,
    mock: mockOf(object),
    image: main.image,
    environment: Object.fromEntries(
      main.env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
    ),
    memoryLimitBytes: limit === undefined ? null : quantityBytes(limit),
    volumes: claims(
      object.name,
      pod,
      main,
      spec.volumeClaimTemplates.map(({ metadata: { name } }) => name),
    ),
    restart: RESTARTS[pod.restartPolicy],
  };
}

/** @throws USAGE_STACK for a mock that there is not. */
function mockOf(object: KubeObject): string | null {
  const name = object.annotations[MOCK_ANNOTATION];
  if (name === undefined || MOCK_NAMES.includes(name)) return name ?? null;
  return object.fail("there is no such mock", {
    received: `${MOCK_ANNOTATION}: ${name}`,
    expected: `one of ${MOCK_NAMES.join(", ")}`,
    hint: suggest(name, MOCK_NAMES),
  });
}

function mainContainer({ containers }: PodSpec, wanted: string | undefined): ContainerSpec {
  // The schema lets no empty list through.
  return containers.find(({ name }) => name === wanted) ?? containers[0]!;
}

/** @throws USAGE_STACK for a selector that is not a plain list of labels. */
function selectorOf(
  object: KubeObject,
  selector: z.infer<typeof workloadSpec>["selector"],
  podLabels: Readonly<Record<string, string>>,
): Record<string, string> {
  if (selector?.matchExpressions?.length) {
    object.fail("its selector has matchExpressions", {
      expected: "matchLabels only",
      hint: "give its pods a label of their own and select by that",
    });
  }
  const chosen = labelled(object, selector?.matchLabels ?? {});
  const missing = Object.entries(chosen).find(([label, value]) => podLabels[label] !== value);
  if (missing === undefined) return chosen;
  return object.fail(`its selector does not match its own pods`, {
    received: `selector ${missing.join("=")}; pods have ${JSON.stringify(podLabels)}`,
    expected: "spec.selector.matchLabels among the labels of spec.template",
  });
}

function labelled(object: KubeObject, chosen: Record<string, string>): Record<string, string> {
  if (Object.keys(chosen).length > 0) return chosen;
  return object.fail("nothing tells its pods from others", {
    expected: object.kind === "Pod" ? "metadata.labels" : "spec.selector.matchLabels",
    hint: `add a label such as app.kubernetes.io/name: ${object.name}`,
  });
}

function claims(
  workload: string,
  pod: PodSpec,
  main: ContainerSpec,
  templates: readonly string[],
): Record<string, string> {
  const claimOf = new Map(
    pod.volumes.flatMap(({ name, persistentVolumeClaim: claim }): [string, string][] =>
      claim === undefined ? [] : [[name, claim.claimName]],
    ),
  );
  for (const name of templates) claimOf.set(name, `${name}-${workload}-0`);
  return Object.fromEntries(
    main.volumeMounts.flatMap(({ name, mountPath }) => {
      const claim = claimOf.get(name);
      return claim === undefined ? [] : [[claim, mountPath]];
    }),
  );
}
