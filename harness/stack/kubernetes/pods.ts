import { z } from "zod";
import { parseReference } from "../images/reference.ts";
import { type KubeObject, readPart } from "./objects.ts";

const container = z.object({
  name: z.string(),
  image: z.string("must name an image").min(1),
  imagePullPolicy: z.enum(["Always", "IfNotPresent", "Never"]).optional(),
  env: z
    .array(z.object({ name: z.string(), value: z.coerce.string().optional() }))
    .nullish()
    .transform((list) => list ?? []),
  resources: z
    .object({ limits: z.object({ memory: z.union([z.string(), z.number()]).optional() }).nullish() })
    .nullish(),
  volumeMounts: z
    .array(z.object({ name: z.string(), mountPath: z.string() }))
    .nullish()
    .transform((list) => list ?? []),
});

const podSpec = z.object({
  containers: z.array(container, "must list the pod's containers").min(1),
  initContainers: z
    .array(container)
    .nullish()
    .transform((list) => list ?? []),
  volumes: z
    .array(
      z.object({ name: z.string(), persistentVolumeClaim: z.object({ claimName: z.string() }).optional() }),
    )
    .nullish()
    .transform((list) => list ?? []),
  restartPolicy: z.enum(["Always", "OnFailure", "Never"]).default("Always"),
});

export type PodSpec = z.infer<typeof podSpec>;
export type ContainerSpec = PodSpec["containers"][number];

/** Where the kinds that make pods keep the pod's template (the API reference of each). */
const TEMPLATE_OF: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  Deployment: ["spec", "template"],
  StatefulSet: ["spec", "template"],
  DaemonSet: ["spec", "template"],
  ReplicaSet: ["spec", "template"],
  ReplicationController: ["spec", "template"],
  Job: ["spec", "template"],
  CronJob: ["spec", "jobTemplate", "spec", "template"],
};

/** The path of an object's pod template, or null when it makes no pods. */
export function podTemplatePath({ kind }: KubeObject): readonly string[] | null {
  return Object.hasOwn(TEMPLATE_OF, kind) ? (TEMPLATE_OF[kind] ?? null) : null;
}

/** @throws USAGE_STACK when it is not one that the API would take. */
export function readPodSpec(object: KubeObject, template: readonly string[]): PodSpec {
  return readPart(object, [...template, "spec"], podSpec);
}

/**
 * Every image that the objects' pods run, sorted, each once. Images are loaded into the nodes beforehand, so one that
 * the kubelet insists on pulling could never start.
 * @throws USAGE_STACK for a pull policy `Always`, also where Kubernetes implies it.
 */
export function imagesOf(objects: readonly KubeObject[]): string[] {
  const images = objects.flatMap((object) => {
    const template = podTemplatePath(object);
    if (template === null) return [];
    const { containers, initContainers } = readPodSpec(object, template);
    return [...initContainers, ...containers].map((one) => loadable(object, one));
  });
  return [...new Set(images)].toSorted();
}

/** Kubernetes' default policy is `Always` for the tag `latest` and for none ("Images", Default image pull policy). */
function loadable(object: KubeObject, { name, image, imagePullPolicy }: ContainerSpec): string {
  const { tag, digest } = parseReference(image);
  const moving = digest === null && (tag === null || tag === "latest");
  const policy = imagePullPolicy ?? (moving ? "Always" : "IfNotPresent");
  if (policy !== "Always") return image;
  return object.fail(`container "${name}" pulls its image each time it starts`, {
    received: `${image}, imagePullPolicy ${imagePullPolicy ?? "not set, which means Always without a fixed tag"}`,
    expected: "imagePullPolicy IfNotPresent: images are loaded into the nodes, and nothing is pulled",
    hint: "set imagePullPolicy: IfNotPresent on this container",
  });
}
