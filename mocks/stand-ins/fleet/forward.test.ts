import { describe, expect, it } from "vitest";
import type { Host } from "../../../harness/service/host.ts";
import { json, RequestError } from "../../../harness/service/http.ts";
import type { RequestFailure } from "../../../harness/service/http.ts";
import { createForwarder } from "./forward.ts";
import { virtualWorld } from "../parts/virtual-world.testkit.ts";

/** What each target does with a request: answers, or fails in this way. Returns the balancer's status and who was asked. */
async function forwardTo(targets: Record<string, RequestFailure | "answers">, method = "POST") {
  const asked: string[] = [];
  let status = 0;
  const world = virtualWorld(1);
  world.start("load-balancer", async (host: Host) => {
    const request: Host["request"] = async ({ url }) => {
      const name = new URL(url).hostname;
      asked.push(name);
      const does = targets[name] ?? "refused";
      if (does === "answers") return json(201, { by: name });
      throw new RequestError(does, does);
    };
    const urls = Object.keys(targets).map((name) => `http://${name}:1`);
    const { forward } = createForwarder({ ...host, request }, () => urls);
    ({ status } = await forward({ method, path: "/tasks", headers: {}, body: "{}", from: "outside" }));
  });
  await world.time.advance(1);
  return { status, asked: asked.toSorted() };
}

describe("the forwarder", () => {
  it("answers 503 when nobody is healthy", async () => {
    expect(await forwardTo({})).toEqual({ status: 503, asked: [] });
  });

  it.each(["refused", "unresolved", "unreachable"] as const)(
    "tries the next target when a request was certainly not sent: %s",
    async (failure) => {
      expect(await forwardTo({ a: failure, b: failure, c: "answers" })).toMatchObject({ status: 201 });
      expect(await forwardTo({ a: failure, b: failure })).toEqual({ status: 503, asked: ["a", "b"] });
    },
  );

  it.each([
    ["reset", 502],
    ["timeout", 504],
  ] as const)("never sends a request twice: after a %s it answers %d", async (failure, status) => {
    const result = await forwardTo({ a: failure, b: failure });
    expect(result.status).toBe(status);
    expect(result.asked).toHaveLength(1);
  });

  it("does not forward what it does not know", async () => {
    expect(await forwardTo({ a: "answers" }, "TRACE")).toEqual({ status: 405, asked: [] });
  });
});
