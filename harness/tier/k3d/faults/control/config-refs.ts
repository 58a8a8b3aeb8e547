/** The parts of a pod template that name ConfigMaps and Secrets (Kubernetes API reference, PodSpec). */
export interface PodTemplate {
  readonly spec: {
    readonly volumes?: readonly (VolumeSource & {
      readonly projected?: { readonly sources?: readonly NamedSource[] };
    })[];
    readonly containers: readonly ContainerConfig[];
    readonly initContainers?: readonly ContainerConfig[];
  };
}

interface VolumeSource {
  readonly configMap?: { readonly name?: string };
  readonly secret?: { readonly secretName?: string };
}

interface NamedSource {
  readonly configMap?: { readonly name?: string };
  readonly secret?: { readonly name?: string };
}

interface ContainerConfig {
  readonly envFrom?: readonly {
    readonly configMapRef?: { readonly name?: string };
    readonly secretRef?: { readonly name?: string };
  }[];
  readonly env?: readonly {
    readonly valueFrom?: {
      readonly configMapKeyRef?: { readonly name?: string };
      readonly secretKeyRef?: { readonly name?: string };
    };
  }[];
}

/** A ConfigMap or Secret, as in `configmap/settings`. */
export interface ConfigRef {
  readonly kind: "configmap" | "secret";
  readonly name: string;
}

/** What the pods are configured by: mounted, projected, or in the environment; each once, sorted. */
export function configRefs({ spec }: PodTemplate): ConfigRef[] {
  const volumes = spec.volumes ?? [];
  const projected = volumes.flatMap((it) => it.projected?.sources ?? []);
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const envFrom = containers.flatMap((it) => it.envFrom ?? []);
  const values = containers.flatMap((it) => it.env ?? []).flatMap((it) => it.valueFrom ?? []);
  const words = [
    ...[...volumes, ...projected].map((it) => ref("configmap", it.configMap?.name)),
    ...volumes.map((it) => ref("secret", it.secret?.secretName)),
    ...projected.map((it) => ref("secret", it.secret?.name)),
    ...envFrom.flatMap((it) => [ref("configmap", it.configMapRef?.name), ref("secret", it.secretRef?.name)]),
    ...values.flatMap((it) => [
      ref("configmap", it.configMapKeyRef?.name),
      ref("secret", it.secretKeyRef?.name),
    ]),
  ];
  return [...new Set(words.flatMap((it) => it ?? []))].toSorted().map(parseRef);
}

/** `configmap/NAME` or `secret/NAME`, as the fault's parameter has it. */
export function parseRef(text: string): ConfigRef {
  const [kind, name = ""] = text.split("/");
  return { kind: kind === "secret" ? "secret" : "configmap", name };
}

const ref = (kind: ConfigRef["kind"], name: string | undefined): string | null =>
  name === undefined ? null : `${kind}/${name}`;
