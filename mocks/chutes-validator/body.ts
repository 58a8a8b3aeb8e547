import { z } from "zod";
import { textOf } from "../core/http.ts";
import type { MockRequest } from "../core/http.ts";
import { refuse } from "./failure.ts";

/** A server takes 10 GPUs of some 400 bytes; audits are larger. */
const MAX_JSON_BYTES = 32 * 1024 * 1024;

/** The body by a schema. A body that does not fit is FastAPI's 422: a list of places and reasons. */
export function bodyAs<T>(request: MockRequest, schema: z.ZodType<T>): T {
  if (request.body.length > MAX_JSON_BYTES) refuse(413, "Request Entity Too Large");
  const parsed = schema.safeParse(jsonOf(request));
  if (parsed.success) return parsed.data;
  return refuse(
    422,
    parsed.error.issues.map(({ path, message, code }) => ({
      type: code,
      loc: ["body", ...path],
      msg: message,
    })),
  );
}

function jsonOf(request: MockRequest): unknown {
  const text = textOf(request);
  if (text === "") return refuse(422, [{ type: "missing", loc: ["body"], msg: "Field required" }]);
  try {
    return JSON.parse(text);
  } catch {
    return refuse(422, [{ type: "json_invalid", loc: ["body", 0], msg: "JSON decode error" }]);
  }
}

/** A parameter after `?`; without it, FastAPI's 422. */
export function queryOf(request: MockRequest, name: string): string {
  return (
    optionalQuery(request, name) ??
    refuse(422, [{ type: "missing", loc: ["query", name], msg: "Field required", input: null }])
  );
}

export function optionalQuery({ search }: MockRequest, name: string): string | undefined {
  return new URLSearchParams(search).get(name) ?? undefined;
}

/** A whole number after `?`, within limits; out of them, FastAPI's 422. */
export function queryCount(
  request: MockRequest,
  name: string,
  fallback: number,
  [min, max]: readonly [number, number],
): number {
  const text = optionalQuery(request, name);
  const value = text === undefined ? fallback : Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  return refuse(422, [
    {
      type: "int_range",
      loc: ["query", name],
      msg: `Input should be an integer from ${min} to ${max}`,
      input: text,
    },
  ]);
}

/** As pydantic reads a bool: `True`, `true`, `1`, `yes`, `on`. */
export function queryFlag(request: MockRequest, name: string): boolean {
  return ["true", "1", "yes", "on", "t", "y"].includes((optionalQuery(request, name) ?? "").toLowerCase());
}
