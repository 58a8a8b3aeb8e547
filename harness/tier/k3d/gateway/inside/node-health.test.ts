import { createServer, type AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { nodeAnswers, watchHealth } from "./node-health.ts";

describe("nodeAnswers", () => {
  it("is not content with a connection that nobody serves", async () => {
    const server = createServer((socket) => socket.on("error", () => undefined));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    try {
      expect(await nodeAnswers("127.0.0.1", port)).toBe(false);
    } finally {
      server.close();
    }
    expect(await nodeAnswers("127.0.0.1", port)).toBe(false);
  });
});

describe("watchHealth", () => {
  it("believes in a node until a check says otherwise, and asks once at a time", async () => {
    let questions = 0;
    const health = watchHealth(
      () => [],
      async () => (questions++, false),
    );
    expect(health.isHealthy("10.0.0.2")).toBe(true);
    expect(await Promise.all([health.check("10.0.0.2"), health.check("10.0.0.2")])).toEqual([false, false]);
    expect([questions, health.isHealthy("10.0.0.2")]).toEqual([1, false]);
  });
});
