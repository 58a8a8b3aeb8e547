import { request as httpRequest, type IncomingMessage } from "node:http";
import { startKubectlProxy } from "./kubectl-proxy.ts";

/** For one answer; the API server itself gives up after 60 s. */
const ANSWER_WITHIN_MS = 10_000;

/** The API server answered, and the answer is no. */
export class KubeRefusal extends Error {
  override readonly name = "KubeRefusal";
  /** HTTP status: 404 not found, 409 conflict, 429 a disruption budget forbids it, … */
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The API server did not answer: it is down, paused, cut off or too slow. */
export class KubeSilence extends Error {
  override readonly name = "KubeSilence";
}

/** How a patch is meant (Kubernetes API concepts, "HTTP PATCH"). */
export type PatchKind = "merge" | "strategic-merge" | "json";

/** One cluster's API as plain JSON. Every call @throws KubeRefusal, KubeSilence. */
export interface KubeApi extends AsyncDisposable {
  /** `path` with query: `/api/v1/nodes/x`. */
  get<T>(path: string): Promise<T>;
  /** The items of a list. */
  list<T>(path: string): Promise<readonly T[]>;
  post<T>(path: string, body: unknown): Promise<T>;
  put<T>(path: string, body: unknown): Promise<T>;
  patch<T>(path: string, kind: PatchKind, body: unknown): Promise<T>;
  delete(
    path: string,
    options?: { readonly gracePeriodSeconds?: number; readonly preconditions?: { readonly uid: string } },
  ): Promise<void>;
  /** The answer as text, e.g. a log. */
  text(path: string): Promise<string>;
  /**
   * Every event of a list's watch, until `signal` is aborted (resolves) or the stream breaks (rejects with KubeSilence).
   * `path` without `watch`: with a resourceVersion it goes on from there.
   */
  watch<T>(path: string, onEvent: (event: WatchEvent<T>) => void, signal: AbortSignal): Promise<void>;
}

export interface WatchEvent<T> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: T;
}

/**
 * Opens a way to a cluster's API: `kubectl proxy` on a private Unix socket, so that kubectl does what it knows best
 * (kubeconfig, certificates) and nothing listens on the network. `context` of the kubeconfig: default is its current one.
 * @throws ENV_TOOL when kubectl can't be started
 */
export async function openKubeApi(kubectl: string, kubeconfig: string, context?: string): Promise<KubeApi> {
  const proxy = await startKubectlProxy(kubectl, kubeconfig, context);
  const { socketPath } = proxy;
  const call = (method: string, path: string, body?: unknown, type = "application/json") =>
    exchange({
      socketPath,
      method,
      path,
      type,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const parsed = async <T>(answer: Promise<string>): Promise<T> => JSON.parse(await answer) as T;
  return {
    get: (path) => parsed(call("GET", path)),
    list: async <T>(path: string) => (await parsed<{ items: T[] | null }>(call("GET", path))).items ?? [],
    post: (path, body) => parsed(call("POST", path, body)),
    put: (path, body) => parsed(call("PUT", path, body)),
    patch: (path, kind, body) => parsed(call("PATCH", path, body, `application/${kind}-patch+json`)),
    delete: async (path, options) => {
      await call("DELETE", path, { kind: "DeleteOptions", apiVersion: "v1", ...options });
    },
    text: (path) => call("GET", path),
    watch: (path, onEvent, signal) => watch(socketPath, path, onEvent, signal),
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}

interface Exchange {
  readonly socketPath: string;
  readonly method: string;
  readonly path: string;
  readonly type: string;
  readonly body?: string;
}

function exchange({ socketPath, method, path, type, body }: Exchange): Promise<string> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const headers = { "content-type": type, "content-length": Buffer.byteLength(body ?? "") };
    const request = httpRequest({ socketPath, method, path, headers, agent: false, signal });
    request.once("error", (error) => reject(silence(`${method} ${path}`, error)));
    request.once("response", (response) => {
      readAll(response).then(
        (text) => {
          const status = response.statusCode ?? 0;
          if (status < 400) resolve(text);
          else if (isKubectlsOwn(status, text)) reject(silence(`${method} ${path}`, new Error(text.trim())));
          else reject(new KubeRefusal(status, `${method} ${path}: ${messageOf(text)}`));
        },
        (error: Error) => reject(silence(`${method} ${path}`, error)),
      );
    });
    request.end(body);
  });
}

async function watch<T>(
  socketPath: string,
  path: string,
  onEvent: (event: WatchEvent<T>) => void,
  signal: AbortSignal,
): Promise<void> {
  const joined = `${path}${path.includes("?") ? "&" : "?"}watch=1`;
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = httpRequest({ socketPath, path: joined, agent: false, signal });
      request.once("error", reject).once("response", resolve).end();
    });
    if (response.statusCode !== 200)
      throw new Error(`${response.statusCode}: ${messageOf(await readAll(response))}`);
    let rest = "";
    for await (const chunk of response.setEncoding("utf8") as AsyncIterable<string>) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "") onEvent(JSON.parse(line) as WatchEvent<T>);
    }
    throw new Error("the stream ended");
  } catch (error) {
    if (signal.aborted) return;
    throw silence(`watching ${path}`, error as Error);
  }
}

async function readAll(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8") as AsyncIterable<string>) text += chunk;
  return text;
}

/**
 * Is it kubectl's own answer, because the server gave none? 502 when it can't be reached; 500 and plain words when the
 * connection broke in between ("EOF"), where an API server would send a Status object (kubectl v1.34, pkg/proxy).
 */
function isKubectlsOwn(status: number, text: string): boolean {
  return status === 502 || (status === 500 && !text.trimStart().startsWith("{"));
}

/** What a Status object says, with its causes (which budget forbids it), or the beginning of whatever came. */
function messageOf(text: string): string {
  try {
    const { message, details } = JSON.parse(text) as {
      message?: string;
      details?: { causes?: readonly { message?: string }[] };
    };
    const causes = (details?.causes ?? []).flatMap((cause) => cause.message ?? []);
    return message === undefined ? text.slice(0, 300) : [message, ...causes].join(" ");
  } catch {
    return text.slice(0, 300);
  }
}

const silence = (what: string, cause: Error): KubeSilence =>
  new KubeSilence(`${what}: ${cause.message}`, { cause });
