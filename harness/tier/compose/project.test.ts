import { describe, expect, it } from "vitest";
import {
  imagesToResolve,
  innerNames,
  isolateProject,
  parseProject,
  withImages,
  withSeeds,
  withSink,
} from "./project.ts";

/** As `docker compose config --format json` prints it. */
const USER = {
  name: "fleet",
  services: {
    api: {
      image: "node:24",
      container_name: "api",
      hostname: "api.internal",
      ports: [{ mode: "ingress", target: 8080, published: "8080", protocol: "tcp" }],
      labels: { "com.example.team": "a" },
      networks: { front: null, back: { aliases: ["service-api"] } },
      environment: { PRICE: "$$5" },
      command: ["node", "server.js"],
    },
    sidecar: { image: "node:24", network_mode: "service:api" },
    built: { build: { context: "/src" }, networks: { back: null } },
    offline: { image: "busybox", network_mode: "none" },
  },
  networks: {
    front: { name: "fleet_front", external: true, ipam: {} },
    back: { name: "custom", driver: "bridge" },
  },
  volumes: { data: { name: "fleet_data" } },
};

const settings = {
  stack: "fleet",
  project: "fd-r1-t0",
  labels: { "dev.firedrill.run": "r1", "dev.firedrill.trial": "0" },
};
const project = isolateProject(parseProject(JSON.stringify(USER)), settings);

describe("isolateProject", () => {
  it("takes fixed names and host ports away, and leaves the rest as it is", () => {
    expect(project.services["api"]).toEqual({
      image: "node:24",
      hostname: "api.internal",
      labels: { "com.example.team": "a", ...settings.labels },
      networks: { front: null, back: { aliases: ["service-api"] } },
      environment: { PRICE: "$$5" },
      command: ["node", "server.js"],
      pull_policy: "never",
    });
  });

  it("names and labels networks and volumes for the run, and closes every network", () => {
    expect(project.networks).toEqual({
      front: { name: "fd-r1-t0_front", ipam: {}, internal: true, labels: settings.labels },
      back: { name: "fd-r1-t0_back", driver: "bridge", internal: true, labels: settings.labels },
    });
    expect(project.volumes).toEqual({ data: { name: "fd-r1-t0_data", labels: settings.labels } });
    expect(project["name"]).toBe("fd-r1-t0");
  });

  it("does not change what it was given", () => {
    const given = parseProject(JSON.stringify(USER));
    isolateProject(given, settings);
    expect(given).toEqual(USER);
  });

  it.each(["host", "bridge", "container:other"])("refuses network_mode %s", (network_mode) => {
    const user = { services: { api: { image: "x", network_mode } } };
    expect(() => isolateProject(user, settings)).toThrow(expect.objectContaining({ code: "USAGE_STACK" }));
  });

  it.each([{ external: true }, { driver_opts: { type: "none", o: "bind,rw", device: "/srv/data" } }])(
    "keeps faults away from data that is not the run's: %j",
    (volume) => {
      const user = { services: { api: { image: "x" } }, volumes: { data: volume } };
      expect(() => isolateProject(user, settings)).toThrow(expect.objectContaining({ code: "USAGE_STACK" }));
    },
  );

  it("allows a bounded volume in memory", () => {
    const tmpfs = { driver_opts: { type: "tmpfs", o: "size=8m", device: "tmpfs" } };
    const user = { services: { api: { image: "x" } }, volumes: { data: tmpfs } };
    expect(isolateProject(user, settings).volumes?.["data"]).toMatchObject(tmpfs);
  });
});

describe("images", () => {
  it("asks for each image once, and for none that is built", () => {
    expect(imagesToResolve(project)).toEqual(["busybox", "node:24"]);
  });

  it("puts the resolver's choice in place", () => {
    const { services } = withImages(project, new Map([["node:24", "local/node:1"]]));
    expect([services["api"]?.image, services["sidecar"]?.image, services["offline"]?.image]).toEqual([
      "local/node:1",
      "local/node:1",
      "busybox",
    ]);
  });

  it("builds one image per service for all runs", () => {
    expect(project.services["built"]?.image).toBe("firedrill-build/fleet-built");
  });
});

it("points services at the sink in their first network; those without a network have none", () => {
  const { services } = withSink(
    project,
    new Map([
      ["front", "10.0.1.2"],
      ["back", "10.0.2.2"],
    ]),
  );
  expect(services["api"]).toMatchObject({ dns: ["10.0.2.2"], dns_search: ["."] });
  expect(services["sidecar"]).not.toHaveProperty("dns");
});

it("knows the names that are no outside", () => {
  expect(innerNames(project)).toEqual(["api.internal", "service-api"]);
});

it("says what it does not understand", () => {
  expect(() => parseProject('{"services": {"api": {"image": 5}}}')).toThrow(
    expect.objectContaining({ code: "USAGE_STACK", received: expect.stringContaining("services.api.image") }),
  );
});

describe("withSeeds", () => {
  it("adds MOCK_SEED to the environment of these services and of no others", () => {
    const { services } = withSeeds(parseProject(JSON.stringify(USER)), new Map([["api", "42"]]));
    expect(services["api"]?.environment).toEqual({ PRICE: "$$5", MOCK_SEED: "42" });
    expect(services["sidecar"]).toEqual(USER.services.sidecar);
  });
});
