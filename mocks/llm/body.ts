import { gunzipSync } from "node:zlib";
import { textOf } from "../core/http.ts";
import type { MockRequest } from "../core/http.ts";
import { refuse } from "./failure.ts";

/** Anthropic's limit for a request, which the others are above (docs.claude.com). */
const MAX_BYTES = 32 * 1024 * 1024;

/** The JSON object of a request, gunzipped if need be. @throws ApiError */
export function readBody(request: MockRequest): Readonly<Record<string, unknown>> {
  const { headers, body } = request;
  if (body.length > MAX_BYTES) refuse("too_large");
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity" && encoding !== "gzip")
    refuse("bad_request", {
      code: "request_body_encoding_unsupported",
      message: `Unsupported content encoding: ${encoding}`,
    });
  const value = parse(encoding === "gzip" ? unzip(request.body).toString("utf8") : textOf(request));
  if (typeof value !== "object" || value === null || Array.isArray(value))
    refuse("bad_request", { message: "The request body is not a JSON object." });
  return value as Record<string, unknown>;
}

function unzip(body: Uint8Array): Buffer {
  try {
    return gunzipSync(body, { maxOutputLength: MAX_BYTES });
  } catch {
    return refuse("bad_request", {
      code: "request_body_encoding_invalid",
      message: "The request body is not valid gzip.",
    });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return refuse("bad_request", { message: "We could not parse the JSON body of your request." });
  }
}

type Body = Readonly<Record<string, unknown>>;

/** @throws ApiError when the field is there and no whole number of at least 1. */
export function countField(body: Body, name: string): number | null {
  const value = body[name];
  if (value === undefined || value === null) return null;
  if (typeof value === "number" && Number.isInteger(value) && value >= 1) return value;
  return refuse("bad_request", { param: name, message: `${name}: must be an integer of at least 1` });
}

/** @throws ApiError when the field is no text. */
export function textField(body: Body, name: string): string {
  const value = body[name];
  if (typeof value === "string" && value !== "") return value;
  return refuse("bad_request", { param: name, message: `${name}: Field required` });
}

/** @throws ApiError when the field is no list of objects, or empty. */
export function objectsField(body: Body, name: string): Body[] {
  const value = body[name];
  if (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => typeof item === "object" && item !== null)
  )
    return value as Body[];
  return refuse("bad_request", { param: name, message: `${name}: Field required` });
}

/** OpenAI's `stop`: one text, several, or none. */
export function stopField({ stop }: Body): string[] {
  return Array.isArray(stop) ? stop.map(String) : typeof stop === "string" ? [stop] : [];
}

/** A text, or the texts of content parts, as one. */
export function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content))
    return content === null || content === undefined ? "" : JSON.stringify(content);
  return content
    .map((part: unknown) => {
      const { text, content: nested } = part as { text?: unknown; content?: unknown };
      return typeof text === "string"
        ? text
        : nested === undefined
          ? JSON.stringify(part)
          : contentText(nested);
    })
    .join("\n");
}
