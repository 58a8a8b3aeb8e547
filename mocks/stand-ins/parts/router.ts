import { json } from "../../../harness/service/http.ts";
import type { HttpHandler, HttpResponse, IncomingRequest } from "../../../harness/service/http.ts";

/** What a route gets: the parts of its path that were written as `:name`, and the JSON body. */
export interface RouteInput {
  readonly params: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** `"POST /tasks/:id/done"` → what answers it. */
export type Routes = Readonly<Record<string, (input: RouteInput) => HttpResponse | Promise<HttpResponse>>>;

/** Thrown by a route to answer 400 with the reason. */
export class BadRequest extends Error {
  override readonly name = "BadRequest";
}

/** Answers by method and path; 404 elsewhere, 400 to a body that is no JSON object. */
export function router(routes: Routes): HttpHandler {
  const table = Object.entries(routes).map(([route, handle]) => {
    const [method = "", pattern = ""] = route.split(" ");
    return { method, parts: pattern.split("/"), handle };
  });
  return async (request) => {
    const path = request.path.split("?")[0]?.split("/") ?? [];
    for (const { method, parts, handle } of table) {
      const params = method === request.method ? match(parts, path) : null;
      if (params === null) continue;
      try {
        return await handle({ params, body: parseBody(request) });
      } catch (error) {
        if (error instanceof BadRequest) return json(400, { error: error.message });
        throw error;
      }
    }
    return json(404, { error: `no ${request.method} ${request.path} here` });
  };
}

function match(pattern: readonly string[], path: readonly string[]): Record<string, string> | null {
  if (pattern.length !== path.length) return null;
  const params: Record<string, string> = {};
  for (const [at, part] of pattern.entries()) {
    const actual = path[at] ?? "";
    if (part.startsWith(":")) params[part.slice(1)] = actual;
    else if (part !== actual) return null;
  }
  return params;
}

function parseBody({ body }: IncomingRequest): Record<string, unknown> {
  if (body === "") return {};
  const value = parseObject(body);
  if (value === null) throw new BadRequest("the body is not a JSON object");
  return value;
}

/** A JSON object as untrusted fields; null when the text is anything else. */
export function parseObject(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/** A short text field of a body. @throws BadRequest */
export function textField(body: RouteInput["body"], name: string): string {
  const value = body[name];
  if (typeof value === "string" && value.length > 0 && value.length <= 200) return value;
  throw new BadRequest(`${name} must be a text of 1 to 200 characters`);
}

/** A whole number from 0 to `max`. @throws BadRequest */
export function countField(body: RouteInput["body"], name: string, max: number, fallback?: number): number {
  const value = body[name] ?? fallback;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new BadRequest(`${name} must be a whole number from 0 to ${max}`);
}
