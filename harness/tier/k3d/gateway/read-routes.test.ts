import { expect, it } from "vitest";
import type { ServiceSpec } from "../../../stack/spec.ts";
import type { KubeService, Metadata } from "../api/objects.ts";
import { type EndpointSlice, serviceRoutes } from "./read-routes.ts";

const metadata = (name: string, namespace = "default", labels = {}): Metadata => ({
  name,
  namespace,
  labels,
  uid: name,
  creationTimestamp: "2026-01-01T00:00:00Z",
  resourceVersion: "1",
});

const service = (name: string, kubeService: string | null, cluster = "main"): ServiceSpec => ({
  name,
  image: null,
  environment: {},
  dependsOn: [],
  ports: [80],
  restart: "always",
  memoryLimitBytes: null,
  volumes: {},
  role: name,
  node: name,
  model: null,
  mock: null,
  workload: {
    cluster,
    namespace: "default",
    kind: "Deployment",
    name,
    selector: {},
    replicas: 1,
    service: kubeService,
  },
});

const known: readonly KubeService[] = [
  { metadata: metadata("web"), spec: { clusterIP: "10.43.0.5" } },
  { metadata: metadata("web", "other"), spec: { clusterIP: "10.43.0.6" } },
  { metadata: metadata("db"), spec: { clusterIP: "None" } },
];

const slice = (addressType: string, endpoints: EndpointSlice["endpoints"]): EndpointSlice => ({
  metadata: metadata("db-1", "default", { "kubernetes.io/service-name": "db" }),
  addressType,
  ...(endpoints === undefined ? {} : { endpoints }),
});

it("takes a Service's ClusterIP, of its own namespace", () => {
  expect(serviceRoutes("main", [service("api", "web")], known, [])).toEqual([
    { name: "api", cluster: "main", targets: [{ address: "10.43.0.5", node: null }] },
  ]);
});

it("takes the pods of a headless Service, except those that are known not to be ready", () => {
  const slices = [
    slice("IPv4", [
      { addresses: ["10.42.0.9"], nodeName: "a", conditions: { ready: true } },
      { addresses: ["10.42.0.8"], nodeName: "b", conditions: {} },
      { addresses: ["10.42.0.7"], conditions: { ready: false } },
    ]),
    slice("IPv4", null),
    slice("IPv6", [{ addresses: ["fd00::1"] }]),
  ];
  expect(serviceRoutes("main", [service("db", "db")], known, slices)[0]?.targets).toEqual([
    { address: "10.42.0.8", node: "b" },
    { address: "10.42.0.9", node: "a" },
  ]);
});

it("knows no address of what is not there, and nothing of other clusters", () => {
  const services = [service("worker", null), service("gone", "gone"), service("far", "web", "other")];
  expect(serviceRoutes("main", services, known, [])).toEqual([
    { name: "worker", cluster: "main", targets: [] },
    { name: "gone", cluster: "main", targets: [] },
  ]);
});
