import { describe, expect, it } from "vitest";
import { RequestError, type HttpRequest, type HttpResponse } from "../service/http.ts";
import type { RunningStack } from "../tier/tier.ts";
import { parseCompose } from "./read-compose.ts";
import { resolveTargets, servicesOfRole } from "./roles.ts";
import type { StackSpec } from "./spec.ts";

const spec = parseCompose(
  `
services:
  worker-2: { image: x, x-firedrill: { role: worker } }
  worker-1: { image: x, x-firedrill: { role: worker } }
  control-1: { image: x, x-firedrill: { role: control } }
  control-2: { image: x, x-firedrill: { role: control } }
  db: { image: x }
x-firedrill:
  roles:
    leader: { among: control, port: 8082, path: /leader, where: { leader: true, term: 3 } }
`,
  "/s/compose.yaml",
  {},
);

/** Only what the resolver uses of a stack: its spec, and answers to its questions. */
function stackThatAnswers(answers: Record<string, string | RequestError>) {
  const asked: HttpRequest[] = [];
  const request = async (question: HttpRequest): Promise<HttpResponse> => {
    asked.push(question);
    const answer = answers[new URL(question.url).hostname];
    if (answer === undefined || answer instanceof Error)
      throw answer ?? new RequestError("refused", "refused");
    return { status: 200, headers: {}, body: answer };
  };
  return { stack: { spec, request } as Partial<RunningStack> as RunningStack, asked };
}

describe("servicesOfRole", () => {
  it("finds the members of a role by name order, a service by itself, and who may hold a dynamic role", () => {
    expect(servicesOfRole(spec, "worker")).toEqual(["worker-1", "worker-2"]);
    expect(servicesOfRole(spec, "worker-2")).toEqual(["worker-2"]);
    expect(servicesOfRole(spec, "db")).toEqual(["db"]);
    expect(servicesOfRole(spec, "leader")).toEqual(["control-1", "control-2"]);
  });

  it.each(["", "nobody", "*", "toString", "constructor"])(
    "D6: %j selects nothing, which is an error",
    (on) => {
      expect(() => servicesOfRole(spec, on)).toThrow(
        expect.objectContaining({
          code: "USAGE_SELECTION",
          expected:
            "roles: control, db, leader, worker; services: control-1, control-2, db, worker-1, worker-2",
        }),
      );
    },
  );
});

describe("places", () => {
  const node = (name: string, ...roles: string[]) => [name, { name, kind: "node", roles, cluster: "main" }];
  const withPlaces: StackSpec = {
    ...spec,
    places: Object.fromEntries([
      node("agent-10", "agent", "gpu"),
      node("agent-2", "agent", "gpu"),
      node("server-0", "server"),
      ["main", { name: "main", kind: "cluster", roles: ["cluster"], cluster: "main" }],
    ]) as StackSpec["places"],
  };

  it("are found by pool or kind in the order of their numbers, else by name, services first", () => {
    expect(servicesOfRole(withPlaces, "gpu")).toEqual(["agent-2", "agent-10"]);
    expect(servicesOfRole(withPlaces, "server")).toEqual(["server-0"]);
    expect(servicesOfRole(withPlaces, "agent-10")).toEqual(["agent-10"]);
    expect(servicesOfRole(withPlaces, "cluster")).toEqual(["main"]);
    expect(servicesOfRole(withPlaces, "main")).toEqual(["main"]);
    expect(servicesOfRole(withPlaces, "worker")).toEqual(["worker-1", "worker-2"]);
  });

  it("stand in the error when nothing is selected", () => {
    expect(() => servicesOfRole(withPlaces, "agent-3")).toThrow(
      expect.objectContaining({
        code: "USAGE_SELECTION",
        expected: expect.stringMatching(
          /clusters: agent-2, agent-10, main, server-0; .*: agent, cluster, gpu, server$/,
        ),
      }),
    );
  });

  it("are picked as services are", async () => {
    const stack = { ...stackThatAnswers({}).stack, spec: withPlaces };
    expect(await resolveTargets(stack, "gpu", "any")).toEqual(["agent-2"]);
    await expect(resolveTargets(stack, "gpu", "one")).rejects.toThrow('"gpu" matches 2 places');
  });
});

describe("resolveTargets", () => {
  const { stack } = stackThatAnswers({});

  it("picks one, any or all", async () => {
    expect(await resolveTargets(stack, "db", "one")).toEqual(["db"]);
    expect(await resolveTargets(stack, "worker", "any")).toEqual(["worker-1"]);
    expect(await resolveTargets(stack, "worker", "all")).toEqual(["worker-1", "worker-2"]);
  });

  it("refuses to choose one of several by itself", async () => {
    await expect(resolveTargets(stack, "worker", "one")).rejects.toMatchObject({
      code: "USAGE_SELECTION",
      hint: expect.stringMatching(/any.*all/),
    });
  });

  it("D6: rejects an empty selection even with all", async () => {
    await expect(resolveTargets(stack, "nobody", "all")).rejects.toMatchObject({ code: "USAGE_SELECTION" });
  });

  it("asks who holds a dynamic role; one that is down, or answers no JSON, does not", async () => {
    const fleet = stackThatAnswers({ "control-2": '{"leader":true,"term":3,"more":1}' });
    expect(await resolveTargets(fleet.stack, "leader", "one")).toEqual(["control-2"]);
    expect(fleet.asked.map(({ url, timeoutMs }) => [url, timeoutMs])).toEqual([
      ["http://control-1:8082/leader", 2_000],
      ["http://control-2:8082/leader", 2_000],
    ]);
  });

  it("is an error when nobody holds it, with what each one said", async () => {
    const answers = { "control-1": '{"leader":true,"term":2}', "control-2": "null" };
    await expect(resolveTargets(stackThatAnswers(answers).stack, "leader", "all")).rejects.toMatchObject({
      code: "USAGE_SELECTION",
      received: 'control-1: 200 {"leader":true,"term":2}; control-2: 200 null',
    });
  });

  it("is an error when several hold it and one is wanted", async () => {
    const both = { "control-1": '{"leader":true,"term":3}', "control-2": '{"leader":true,"term":3}' };
    await expect(resolveTargets(stackThatAnswers(both).stack, "leader", "one")).rejects.toMatchObject({
      code: "USAGE_SELECTION",
    });
    expect(await resolveTargets(stackThatAnswers(both).stack, "leader", "any")).toEqual(["control-1"]);
  });
});
