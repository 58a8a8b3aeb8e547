import type { MockRequest } from "../../core/http.ts";
import { S3Error, invalidArgument } from "../error.ts";

/** A form of `multipart/form-data`, as far as S3 reads it: to its file. */
export interface Form {
  /** Names in lower case, `file` not among them. */
  readonly fields: Readonly<Record<string, string>>;
  readonly file: Uint8Array;
  readonly filename: string;
}

/** @throws PreconditionFailed, MalformedPOSTRequest, InvalidArgument */
export async function readForm({ headers, body }: MockRequest): Promise<Form> {
  const type = headers["content-type"] ?? "";
  if (!type.startsWith("multipart/form-data"))
    throw new S3Error("PreconditionFailed", {
      fields: { Condition: "Bucket POST must be of the enclosure-type multipart/form-data" },
    });
  const fields: Record<string, string> = {};
  for (const [name, value] of await entriesOf(type, body)) {
    if (name.toLowerCase() !== "file") {
      fields[name.toLowerCase()] = typeof value === "string" ? value : await value.text();
      continue;
    }
    if (typeof value === "string") return { fields, file: Buffer.from(value), filename: "" };
    return { fields, file: new Uint8Array(await value.arrayBuffer()), filename: baseName(value.name) };
  }
  throw invalidArgument("POST requires exactly one file upload per request.", "file", "0");
}

async function entriesOf(type: string, body: Uint8Array) {
  try {
    const form = await new Response(Buffer.from(body), { headers: { "content-type": type } }).formData();
    return [...form];
  } catch {
    throw new S3Error("MalformedPOSTRequest");
  }
}

/** Some browsers send the whole path. */
function baseName(name: string): string {
  return name.split(/[/\\]/).at(-1) ?? "";
}
