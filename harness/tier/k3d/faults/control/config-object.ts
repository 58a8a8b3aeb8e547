import { FiredrillError } from "../../../../error.ts";
import type { KubeApi } from "../../api/kube-api.ts";
import type { ConfigRef } from "./config-refs.ts";

/** A ConfigMap or Secret as the API gives it; a Secret's `data` and every `binaryData` is in base64. */
export interface ConfigObject {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}

/** One value of a ConfigMap or Secret. */
export interface ConfigKey {
  readonly object: ConfigRef;
  readonly namespace: string;
  readonly field: "data" | "binaryData";
  readonly key: string;
}

/** Where the API has it. */
export function configPath({ object, namespace }: Pick<ConfigKey, "object" | "namespace">): string {
  return `/api/v1/namespaces/${namespace}/${object.kind}s/${object.name}`;
}

/** The value as it stands in the object; null without it. */
export function valueOf(
  object: ConfigObject,
  { field, key }: Pick<ConfigKey, "field" | "key">,
): string | null {
  return object[field]?.[key] ?? null;
}

/** RFC 6901. A key has no slash and no tilde in it (Kubernetes: letters, digits, `-`, `_`, `.`). */
export function valuePath({ field, key }: Pick<ConfigKey, "field" | "key">): string {
  return `/${field}/${key}`;
}

/**
 * No program takes this for its settings: it is neither JSON nor YAML nor a list of `name = value`, and no number, address
 * or password. As the object spells it.
 */
export function garbage({ object, field }: Pick<ConfigKey, "object" | "field">, token: string): string {
  const text = `]}{["' firedrill-corrupt-${token}\n\t: [{`;
  const plain = object.kind === "configmap" && field === "data";
  return plain ? text : Buffer.from(text).toString("base64");
}

/** The key to be corrupted: the one asked for, or the object's first by name. @throws USAGE_FAULT, RUN_FAULT */
export async function findKey(
  api: KubeApi,
  place: string,
  where: Pick<ConfigKey, "object" | "namespace">,
  wanted: string | undefined,
): Promise<ConfigKey> {
  const word = `${where.object.kind}/${where.object.name}`;
  const object = await api.get<ConfigObject>(configPath(where));
  if (object.immutable === true) {
    throw new FiredrillError("RUN_FAULT", `${word} of "${place}" can't be changed`, {
      received: "immutable: true",
      expected: "one that can be edited",
    });
  }
  const fields = ["data", "binaryData"] as const;
  const known = fields.flatMap((field) => Object.keys(object[field] ?? {}).map((key) => ({ field, key })));
  const sorted = known.toSorted((a, b) => a.key.localeCompare(b.key));
  const found = wanted === undefined ? sorted[0] : sorted.find(({ key }) => key === wanted);
  if (found !== undefined) return { ...where, ...found };
  throw new FiredrillError("USAGE_FAULT", `${word} of "${place}" has no key to corrupt`, {
    received: wanted ?? "an object without keys",
    expected: sorted.length === 0 ? "a key" : `one of ${sorted.map(({ key }) => key).join(", ")}`,
  });
}
