import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { KubeNode } from "../../../harness/tier/k3d/api/objects.ts";

/** The smallest API server that a client of nodes can't tell from a real one: reads, and patches of three kinds. */
export interface MiniApiServer extends AsyncDisposable {
  readonly url: string;
  /** The node as it is stored. */
  node(): KubeNode;
  /** Somebody else changes it, such as a kubelet that starts anew. */
  change(change: (node: Tree) => void): void;
  /** How many patches were taken. */
  patches(): number;
}

type Tree = { [key: string]: unknown };

export async function miniApiServer(name: string): Promise<MiniApiServer> {
  let version = 1;
  let patched = 0;
  const stored: Tree = {
    kind: "Node",
    apiVersion: "v1",
    metadata: {
      name,
      uid: "u-1",
      labels: { "kubernetes.io/hostname": name },
      creationTimestamp: "2026-01-01T00:00:00Z",
      resourceVersion: "1",
    },
    spec: { taints: [{ key: "dedicated", value: "gpu", effect: "NoSchedule" }] },
    status: {
      capacity: { cpu: "8" },
      allocatable: { cpu: "8" },
      conditions: [{ type: "Ready", status: "True" }],
    },
  };
  const touch = () => void ((stored["metadata"] as Tree)["resourceVersion"] = String((version += 1)));
  const patch = (path: string, type: string, body: unknown): [number, unknown] => {
    const before = structuredClone(stored);
    // A patch of /status changes nothing else, and one of the node no status.
    const keep = path.endsWith("/status") ? ["spec"] : ["status"];
    const { resourceVersion } = ((body as Tree)["metadata"] ?? {}) as Tree;
    if (resourceVersion !== undefined && resourceVersion !== String(version))
      return [409, status(409, "the object has been modified")];
    try {
      if (type.includes("json-patch")) for (const step of body as JsonStep[]) applyStep(stored, step);
      else merge(stored, body as Tree, type.includes("strategic"));
    } catch (error) {
      Object.assign(stored, before);
      return [409, status(409, (error as Error).message)];
    }
    for (const part of keep) stored[part] = before[part];
    touch();
    patched += 1;
    return [200, stored];
  };
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const { method = "", url = "" } = request;
    const path = url.split("?")[0] ?? "";
    const known = [`/api/v1/nodes/${name}`, `/api/v1/nodes/${name}/status`].includes(path);
    const type = request.headers["content-type"] ?? "";
    const [code, body] = !known
      ? [404, status(404, `nodes "${path.split("/").at(-1)}" not found`)]
      : method === "PATCH"
        ? patch(path, type, JSON.parse(text))
        : [200, stored];
    response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    node: () => structuredClone(stored) as unknown as KubeNode,
    change(change) {
      change(stored);
      touch();
    },
    patches: () => patched,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface JsonStep {
  readonly op: "test" | "add" | "remove";
  readonly path: string;
  readonly value?: unknown;
}

/** RFC 6902, the three operations that are used. */
function applyStep(tree: Tree, { op, path, value }: JsonStep): void {
  const parts = path
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = parts.pop() ?? "";
  const parent = parts.reduce<Tree>((at, part) => at[part] as Tree, tree);
  if (op === "test" && parent[last] !== value) throw new Error(`test of ${path} failed`);
  if (op === "remove" && !(last in parent)) throw new Error(`nothing at ${path}`);
  if (op === "add") parent[last] = value;
  if (op === "remove") delete parent[last];
}

/** RFC 7386; a strategic patch merges lists of conditions by their type. */
function merge(tree: Tree, patch: Tree, strategic: boolean): void {
  for (const [key, value] of Object.entries(patch)) {
    const now = tree[key];
    if (value === null) delete tree[key];
    else if (strategic && key === "conditions" && Array.isArray(now)) {
      const types = (value as Tree[]).map(({ type }) => type);
      tree[key] = [...now.filter(({ type }: Tree) => !types.includes(type)), ...(value as Tree[])];
    } else if (typeof value === "object" && !Array.isArray(value))
      merge((tree[key] ??= {}) as Tree, value as Tree, strategic);
    else tree[key] = value;
  }
}

function status(code: number, message: string) {
  return { kind: "Status", apiVersion: "v1", status: "Failure", message, code };
}
