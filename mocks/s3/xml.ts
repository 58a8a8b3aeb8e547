import { XMLParser, XMLValidator } from "fast-xml-parser";
import { S3Error } from "./error.ts";

/** An element's content: text, nothing (left out), elements by name, or several elements of one name. */
export type Xml =
  string | number | boolean | null | undefined | { readonly [name: string]: Xml } | readonly Xml[];

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** A document as S3 writes them: on one line, errors without a namespace. */
export function xmlDocument(root: string, content: Xml, { plain = false } = {}): string {
  const open = plain ? root : `${root} xmlns="${NAMESPACE}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${open}>${inner(content)}</${root}>`;
}

function inner(content: Xml): string {
  if (content === null || content === undefined) return "";
  if (typeof content !== "object") return escape(String(content));
  return Object.entries(content)
    .map(([name, value]) => (Array.isArray(value) ? value : [value]).map((it) => element(name, it)).join(""))
    .join("");
}

function element(name: string, content: Xml): string {
  if (content === null || content === undefined) return "";
  const text = inner(content);
  return text === "" ? `<${name}/>` : `<${name}>${text}</${name}>`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Control characters too, which XML 1.0 forbids and S3 writes nevertheless. */
function escape(text: string): string {
  return text.replaceAll(
    /[&<>"]|\p{Cc}/gu,
    (sign) => ENTITIES[sign] ?? `&#x${sign.charCodeAt(0).toString(16)};`,
  );
}

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  removeNSPrefix: true,
  // Numeric ones too: Go writes a quote as `&#34;`.
  htmlEntities: true,
  // Where only one was sent, there is a list of one.
  isArray: (name) => name === "Object" || name === "Part",
});

type Parsed = Readonly<Record<string, unknown>>;

/** The content of the document's root element. @throws MalformedXML */
export function readXml(body: Uint8Array, root: string): Parsed {
  const text = Buffer.from(body).toString("utf8");
  if (XMLValidator.validate(text) !== true) throw new S3Error("MalformedXML");
  const content: unknown = (parser.parse(text) as Parsed)[root];
  // An empty root is text to the parser.
  if (typeof content === "string") return {};
  if (typeof content !== "object" || content === null) throw new S3Error("MalformedXML");
  return content as Parsed;
}
