import { expect, test } from "vitest";
import type { Facts } from "./facts.ts";
import { describeRepair, planRepairs } from "./plan.ts";

const bare: Facts = {
  isRoot: true,
  distribution: "debian",
  engineAnswers: false,
  composeFound: false,
  imagesAbsent: ["toolbox", "postgres:15"],
  clusterImagesAbsent: [],
  kubernetesToolsAbsent: [],
  programs: new Set(["apt-get", "bash", "curl", "jq"]),
  sysResourceMissing: false,
  daemonJsonExists: false,
  systemd: false,
  dockerHostSet: false,
};
const complete: Facts = { ...bare, engineAnswers: true, composeFound: true, imagesAbsent: [] };
const kinds = (facts: Facts) => planRepairs(facts).repairs.map(({ kind }) => kind);

test("a bare Debian gets everything, in an order that works", () => {
  const { repairs, refused } = planRepairs(bare);
  expect(repairs).toEqual([
    { kind: "packages", names: ["mmdebstrap", "docker.io", "ca-certificates", "docker-cli", "iptables"] },
    { kind: "start-engine", how: "by hand" },
    { kind: "compose" },
    { kind: "images", images: ["toolbox", "postgres:15"] },
  ]);
  expect(refused).toEqual([]);
});

test("where CAP_SYS_RESOURCE is withheld the wrapper is there before the engine is installed", () => {
  const { repairs } = planRepairs({ ...bare, programs: new Set(["apt-get"]), sysResourceMissing: true });
  expect(repairs.map(({ kind }) => kind)).toEqual([
    "runtime-wrapper",
    "packages",
    "start-engine",
    "compose",
    "images",
  ]);
  expect(repairs[1]).toMatchObject({ names: expect.arrayContaining(["jq"]) });
});

test("the operator's tools are installed beside an engine that answers", () => {
  const facts: Facts = { ...complete, programs: new Set(["apt-get", "bash"]) };
  expect(planRepairs(facts).repairs).toEqual([{ kind: "packages", names: ["curl", "jq"] }]);
  expect(planRepairs({ ...facts, isRoot: false }).refused[0]).toContain("curl, jq");
});

test("the k3d tier comes last: it takes longest, and the other tiers do without", () => {
  const facts: Facts = { ...bare, kubernetesToolsAbsent: ["k3d"], clusterImagesAbsent: ["rancher/k3s"] };
  expect(kinds(facts).slice(-4)).toEqual(["compose", "images", "kubernetes-tools", "cluster-images"]);
  expect(planRepairs({ ...facts, dockerHostSet: true }).repairs).toEqual([
    { kind: "compose" },
    { kind: "kubernetes-tools", names: ["k3d"] },
  ]);
});

test("the images of clusters alone want the package tool too", () => {
  const facts: Facts = { ...complete, clusterImagesAbsent: ["rancher/k3s"] };
  expect(kinds(facts)).toEqual(["packages", "cluster-images"]);
});

test("a machine that has everything is left alone", () => {
  expect(planRepairs(complete)).toEqual({ repairs: [], refused: [] });
});

test.each([{ sysResourceMissing: true }, { daemonJsonExists: true }, { systemd: true }, { isRoot: false }])(
  "an engine that answers is never changed (%o)",
  (change) => {
    const facts: Facts = { ...complete, composeFound: false, imagesAbsent: ["toolbox"], ...change };
    expect(kinds(facts)).not.toContain("runtime-wrapper");
    expect(kinds(facts)).not.toContain("start-engine");
    for (const repair of planRepairs(facts).repairs) {
      if (repair.kind === "packages") expect(repair.names).toEqual(["mmdebstrap"]);
    }
  },
);

test("an existing daemon.json is never overwritten", () => {
  const facts: Facts = { ...bare, sysResourceMissing: true, daemonJsonExists: true };
  expect(kinds(facts)).not.toContain("runtime-wrapper");
  expect(planRepairs(facts).refused[0]).toContain("daemon.json");
});

test("an installed engine is only started", () => {
  const programs = new Set([...bare.programs, "docker", "dockerd", "iptables", "mmdebstrap"] as const);
  expect(kinds({ ...bare, programs, systemd: true, composeFound: true })).toEqual(["start-engine", "images"]);
});

test.each<[Partial<Facts>, string]>([
  [{ isRoot: false }, "sudo"],
  [{ distribution: "fedora" }, "Debian and Ubuntu only"],
  [{ dockerHostSet: true }, "DOCKER_HOST"],
])("what can't be repaired is refused with what to do: %o", (change, words) => {
  const { repairs, refused } = planRepairs({ ...bare, ...change });
  expect(refused.join()).toContain(words);
  // Compose can still be had; without an engine there is nowhere to put images.
  expect(repairs).toEqual([{ kind: "compose" }]);
});

test("every repair can be described", () => {
  const facts: Facts = { ...bare, kubernetesToolsAbsent: ["helm"], clusterImagesAbsent: ["rancher/k3s"] };
  for (const repair of planRepairs({ ...facts, sysResourceMissing: true }).repairs) {
    expect(describeRepair(repair)).toMatch(/\w{4}/);
  }
});
