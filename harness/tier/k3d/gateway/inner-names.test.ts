import { expect, it } from "vitest";
import type { ServiceSpec, WorkloadRef } from "../../../stack/spec.ts";
import { innerNames } from "./inner-names.ts";

function service(workload: Partial<WorkloadRef>): ServiceSpec {
  const given = {
    cluster: "main",
    namespace: "shop",
    kind: "Deployment",
    name: "web",
    selector: {},
  } as const;
  return {
    name: "web",
    image: null,
    environment: {},
    dependsOn: [],
    ports: [],
    restart: "always",
    memoryLimitBytes: null,
    volumes: {},
    role: "web",
    node: "web",
    model: null,
    mock: null,
    workload: { ...given, replicas: 1, service: "web", ...workload },
  };
}

it("knows a Service by its namespace", () => {
  expect(innerNames([service({}), service({})])).toEqual(["web.shop", "web.shop.svc"]);
});

it("knows the pods of a StatefulSet by name", () => {
  expect(innerNames([service({ kind: "StatefulSet", name: "db", service: "db" })])).toEqual([
    "db-0.db",
    "db.shop",
    "db.shop.svc",
    "db-0.db.shop",
    "db-0.db.shop.svc",
  ]);
});

it("knows nothing of a workload that nobody asks", () => {
  expect(innerNames([service({ service: null })])).toEqual([]);
});
