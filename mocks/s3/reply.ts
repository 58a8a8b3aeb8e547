import type { MockResponse } from "../core/http.ts";
import { xmlDocument } from "./xml.ts";
import type { Xml } from "./xml.ts";

export function xmlReply(
  root: string,
  content: Xml,
  headers: Readonly<Record<string, string>> = {},
): MockResponse {
  return {
    status: 200,
    headers: { "content-type": "application/xml", ...headers },
    body: xmlDocument(root, content),
  };
}

export function emptyReply(status: number, headers: Readonly<Record<string, string>> = {}): MockResponse {
  return { status, headers, body: "" };
}
