import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { Routes } from "../routes.ts";
import { openThroughNodes } from "./open-through-nodes.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Loopback stands for every node; connections end here. */
async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Two nodes of one cluster and one of another. Every connection goes over loopback. */
function opener(lives: Readonly<Record<string, boolean>>, routes: Partial<Routes> = {}) {
  const asked: string[] = [];
  const used: string[] = [];
  const open = openThroughNodes({
    routes: () => ({
      nodes: [
        { cluster: "main", name: "a", address: "10.0.0.2" },
        { cluster: "main", name: "b", address: "10.0.0.3" },
        { cluster: "other", name: "c", address: "10.0.0.4" },
      ],
      services: [{ name: "api", cluster: "main", targets: [{ address: "127.0.0.1", node: null }] }],
      ...routes,
    }),
    health: {
      isHealthy: (address) => lives[address] ?? true,
      check: async (address) => (asked.push(address), lives[address] ?? true),
    },
    source: (address) => (used.push(address), "127.0.0.1"),
  });
  return { open, asked, used };
}

async function opened(socket: Promise<Socket>): Promise<void> {
  const open = await socket;
  closers.push(() => open.destroy());
}

describe("openThroughNodes", () => {
  it("goes through the nodes of the service's own cluster in turn", async () => {
    const port = await listening(createServer((socket) => socket.on("error", () => undefined)));
    const { open, used } = opener({});
    for (let count = 0; count < 4; count++) await opened(open("api", port));
    expect(used.toSorted()).toEqual(["10.0.0.2", "10.0.0.2", "10.0.0.3", "10.0.0.3"]);
  });

  it("leaves out a node that does not answer its health check", async () => {
    const port = await listening(createServer((socket) => socket.on("error", () => undefined)));
    const { open, used } = opener({ "10.0.0.2": false });
    for (let count = 0; count < 3; count++) await opened(open("api", port));
    expect(new Set(used)).toEqual(new Set(["10.0.0.3"]));
  });

  it("goes to a pod through the pod's own node alone", async () => {
    const port = await listening(createServer((socket) => socket.on("error", () => undefined)));
    const targets = [{ address: "127.0.0.1", node: "b" }];
    const { open, used } = opener({}, { services: [{ name: "api", cluster: "main", targets }] });
    for (let count = 0; count < 3; count++) await opened(open("api", port));
    expect(new Set(used)).toEqual(new Set(["10.0.0.3"]));
  });

  it("passes a refusal on without a second try", async () => {
    const server = createServer();
    const port = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    const { open, used, asked } = opener({});
    await expect(open("api", port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect([used.length, asked.length]).toEqual([1, 0]);
  });

  it("does not know a service without an address", async () => {
    const { open } = opener({}, { services: [{ name: "api", cluster: "main", targets: [] }] });
    await expect(open("api", 80)).rejects.toMatchObject({ code: "ENOTFOUND" });
    await expect(open("stranger", 80)).rejects.toMatchObject({ code: "ENOTFOUND" });
  });

  it("says unreachable when no node of the cluster is up", async () => {
    const { open } = opener({}, { nodes: [{ cluster: "other", name: "c", address: "10.0.0.4" }] });
    await expect(open("api", 80)).rejects.toMatchObject({ code: "EHOSTUNREACH" });
  });
});
