import { describe, expect, test } from "vitest";
import { stackOf } from "../tier/k3d/watch/watch.testkit.ts";
import { clusterQuestion } from "./cluster-question.ts";

const one = stackOf("main");
const two = stackOf("a", "b");

describe("what a URL asks the clusters", () => {
  test.each([
    ["http://web/nodes", one, null],
    ["http://cluster/nodes", one, { about: "nodes", clusters: ["main"] }],
    ["http://main.cluster/api", one, { about: "api", clusters: ["main"] }],
    ["http://cluster/api", two, { about: "api", clusters: ["a", "b"] }],
    [
      "http://b.cluster/pods?service=front",
      two,
      { about: "pods", clusters: ["b"], services: ["web.a", "web.b"] },
    ],
    ["http://cluster/pods?service=web", one, { about: "pods", clusters: ["main"], services: ["web"] }],
  ])("%s", (url, spec, question) => {
    expect(clusterQuestion(url, spec)).toEqual(question);
  });

  test("a service that happens to have such a name is a service", () => {
    const spec = { ...one, services: { ...one.services, cluster: one.services["web"]! } };
    expect(clusterQuestion("http://cluster/", spec)).toBeNull();
  });

  test.each([
    ["http://cluster/nodes", { ...one, kubernetes: null }, /is answered on k3d only/],
    ["http://c.cluster/nodes", two, /no cluster "c.cluster"/],
    ["http://cluster:8080/nodes", one, /without a port/],
    ["http://cluster/node", one, /has no answer to that/],
    ["http://cluster/pods?service=wbe", one, /"wbe" selects nothing/],
  ])("%s is refused before anything is touched", (url, spec, message) => {
    expect(() => clusterQuestion(url, spec)).toThrow(message);
  });
});
