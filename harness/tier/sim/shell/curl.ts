import { RequestError } from "../../../service/http.ts";
import type { HttpRequest, HttpResponse, RequestFailure } from "../../../service/http.ts";
import type { HttpCall } from "../network/http-client.ts";
import { failed } from "./context.ts";
import type { Command, CommandCall } from "./context.ts";
import { parseOptions } from "./options.ts";
import type { ParsedOptions } from "./options.ts";
import { Unsupported } from "./unsupported.ts";

/** curl's own limit for a connection; it has none for the rest. */
const CONNECT_TIMEOUT_MS = 300_000;
/** Longer than any step. */
const NO_LIMIT_MS = 24 * 3_600_000;

/** curl(1), "EXIT CODES". */
const EXIT_CODES: Readonly<Record<RequestFailure, number>> = {
  unresolved: 6,
  refused: 7,
  unreachable: 7,
  timeout: 28,
  reset: 56,
};
const HTTP_ERROR = 22;

const KNOWN = [
  "--fail -f",
  "--silent -s",
  "--show-error -S",
  "--location -L",
  "--request -X =",
  "--data -d --data-raw --data-binary =",
  "--json =",
  "--header -H =",
  "--max-time -m =",
  "--connect-timeout =",
  "--output -o =",
  "--write-out -w =",
];

/** `curl URL` from the operator's desk: outside the stack, with the stack's names. */
export const curl: Command = async ({ world, clock }, call) => {
  const options = parseOptions("curl", call.args, KNOWN);
  const [address, ...more] = options.rest;
  if (address === undefined || more.length > 0)
    throw new Unsupported(`curl with ${options.rest.length} URLs`);
  const url = address.includes("://") ? address : `http://${address}`;
  if (!URL.canParse(url) || !url.startsWith("http://")) throw new Unsupported(`curl ${address}`);
  const startMs = clock.nowMs();
  const secondsTaken = () => ((clock.nowMs() - startMs) / 1_000).toFixed(6);
  try {
    const response = await world.request(await requestOf(url, options, call));
    if (response.status >= 300 && response.status < 400 && options.has("--location")) {
      throw new Unsupported("curl -L with a redirect");
    }
    return await print(response, secondsTaken(), options, call);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const exitCode = EXIT_CODES[error.failure];
    const wanted = writeOut(options, "000", secondsTaken());
    const silent = options.has("--silent") && !options.has("--show-error");
    return failed(exitCode, silent ? "" : `curl: (${exitCode}) ${error.message}`, wanted);
  }
};

async function requestOf(url: string, options: ParsedOptions, call: CommandCall): Promise<HttpCall> {
  const json = options.value("--json");
  const data = json === undefined ? options.values("--data") : [json];
  const body =
    data.length === 0 ? undefined : (await Promise.all(data.map((part) => readData(part, call)))).join("&");
  const headers = Object.fromEntries(options.values("--header").map(splitHeader));
  const type = json === undefined ? "application/x-www-form-urlencoded" : "application/json";
  return {
    method: methodOf(options.value("--request") ?? (body === undefined ? "GET" : "POST")),
    url,
    headers: body === undefined ? headers : { "content-type": type, ...headers },
    ...(body === undefined ? {} : { body }),
    timeoutMs: seconds(options, "--max-time") ?? NO_LIMIT_MS,
    connectTimeoutMs: seconds(options, "--connect-timeout") ?? CONNECT_TIMEOUT_MS,
  };
}

async function print(
  response: HttpResponse,
  secondsTaken: string,
  options: ParsedOptions,
  call: CommandCall,
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const extra = writeOut(options, String(response.status), secondsTaken);
  if (options.has("--fail") && response.status >= 400) {
    const said = `curl: (${HTTP_ERROR}) The requested URL returned error: ${response.status}`;
    return failed(HTTP_ERROR, options.has("--silent") && !options.has("--show-error") ? "" : said, extra);
  }
  const file = options.value("--output");
  if (file !== undefined && file !== "/dev/null" && file !== "-") await call.writeFile(file, response.body);
  const body = file === undefined || file === "-" ? response.body : "";
  return { exitCode: 0, stdout: `${body}${extra}`, stderr: "" };
}

function writeOut(options: ParsedOptions, status: string, secondsTaken: string): string {
  const format = (options.value("--write-out") ?? "").replaceAll("\\n", "\n").replaceAll("\\t", "\t");
  return format.replace(/%\{(\w+)\}/g, (whole, name: string) => {
    if (name === "http_code" || name === "response_code") return status;
    if (name === "time_total") return secondsTaken;
    throw new Unsupported(`curl -w '${whole}'`);
  });
}

/** `@file` and `@-` are read, as curl does. */
async function readData(part: string, call: CommandCall): Promise<string> {
  if (part === "@-") return call.stdin;
  return part.startsWith("@") ? call.readFile(part.slice(1)) : part;
}

function splitHeader(header: string): [string, string] {
  const at = header.indexOf(":");
  return [header.slice(0, at).trim().toLowerCase(), header.slice(at + 1).trim()];
}

function methodOf(method: string): HttpRequest["method"] {
  if (method === "GET" || method === "POST" || method === "PUT" || method === "DELETE") return method;
  throw new Unsupported(`curl -X ${method}`);
}

function seconds(options: ParsedOptions, name: string): number | undefined {
  const value = options.value(name);
  if (value === undefined) return undefined;
  if (!/^\d+(\.\d+)?$/.test(value)) throw new Unsupported(`curl ${name} ${value}`);
  return Number(value) * 1_000;
}
