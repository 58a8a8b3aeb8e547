import { LineCounter, parseAllDocuments } from "yaml";
import { z } from "zod";
import { FiredrillError, type ErrorDetails } from "../../error.ts";
import { isRecord, show } from "../yaml-source.ts";

/** An object of a chart or manifest, before any cluster has seen it. */
export interface KubeObject {
  readonly kind: string;
  readonly name: string;
  /** Where it goes; of no meaning for kinds that belong to the whole cluster. */
  readonly namespace: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** @throws USAGE_STACK always, with the file and the object in front. */
  fail(message: string, details?: ErrorDetails): never;
}

/** What stands where an object is looked for. */
export interface ObjectSource {
  /** File or chart, for messages. */
  readonly file: string;
  /** Of objects that name no namespace themselves. */
  readonly namespace: string;
}

const texts = z.record(z.string(), z.string()).nullish();
const head = z.object({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  metadata: z.object({
    name: z.string().min(1),
    namespace: z.string().optional(),
    annotations: texts,
    labels: texts,
  }),
});

/**
 * Reads all objects of a text with one or many YAML documents, `List`s taken apart.
 * @throws USAGE_STACK for broken YAML, and for what is no object of Kubernetes.
 */
export function parseObjects(text: string, source: ObjectSource): KubeObject[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, merge: true, prettyErrors: false });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const broken = document.errors[0];
    if (broken) {
      const { line, col } = lines.linePos(broken.pos[0]);
      throw new FiredrillError("USAGE_STACK", `${source.file}:${line}:${col}: ${broken.message}`, {
        expected: "objects of Kubernetes in YAML",
        hint: "fix the line; an editor with YAML support shows the same place",
      });
    }
    const value = document.toJS({ maxAliasCount: 100 }) as unknown;
    if (value === null || value === undefined) return [];
    const inChart = template(document.commentBefore) ?? template(document.contents?.commentBefore);
    const { line } = lines.linePos(document.contents?.range?.[0] ?? 0);
    const place = inChart === undefined ? `${source.file}:${line}` : `${source.file}/${inChart}`;
    return withoutLists(value).map((one) => readObject(one, source, place));
  });
}

/** `helm template` names each object's template in a comment: `# Source: fleet/templates/database.yaml`. */
function template(comment: string | null | undefined): string | undefined {
  return /^ ?Source: [^/]+\/(\S+)/m.exec(comment ?? "")?.[1];
}

function withoutLists(value: unknown): unknown[] {
  const isList = isRecord(value) && typeof value["kind"] === "string" && value["kind"].endsWith("List");
  return isList && Array.isArray(value["items"]) ? value["items"].flatMap(withoutLists) : [value];
}

function readObject(value: unknown, { namespace }: ObjectSource, place: string): KubeObject {
  const parsed = head.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new FiredrillError("USAGE_STACK", `${place}: this is no object of Kubernetes`, {
      received: show(value),
      expected: `apiVersion, kind and metadata.name; at ${issue?.path.join(".") || "the top"}: ${issue?.message ?? ""}`,
    });
  }
  const { kind, metadata } = parsed.data;
  return {
    kind,
    name: metadata.name,
    namespace: metadata.namespace ?? namespace,
    annotations: metadata.annotations ?? {},
    labels: metadata.labels ?? {},
    body: value as Readonly<Record<string, unknown>>,
    fail(message, details = {}) {
      throw new FiredrillError("USAGE_STACK", `${place}: ${kind} "${metadata.name}": ${message}`, details);
    },
  };
}

/** The part of an object at `path`, checked; absent is `{}`. @throws USAGE_STACK with the field that is wrong. */
export function readPart<T>(object: KubeObject, path: readonly string[], schema: z.ZodType<T>): T {
  const part = path.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), object.body);
  const parsed = schema.safeParse(part ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = [...path, ...(issue?.path ?? [])].join(".");
  return object.fail(`${field} is not right`, { expected: issue?.message ?? "another value" });
}
