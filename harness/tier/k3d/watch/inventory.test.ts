import { expect, test } from "vitest";
import { KubeRefusal } from "../api/kube-api.ts";
import { takeInventory } from "./inventory.ts";
import { stagedApi } from "./watch.testkit.ts";

const VERBS = ["list", "delete"];
const kind = (name: string, namespaced = true, verbs = VERBS) => ({ name, namespaced, verbs });
const object = (name: string, namespace?: string, annotations = {}) => ({
  metadata: { name, annotations, ...(namespace === undefined ? {} : { namespace }) },
});

const DISCOVERY: Record<string, unknown> = {
  "/apis": {
    groups: ["apps/v1", "metrics.k8s.io/v1", "example.dev/v1"].map((groupVersion) => ({
      preferredVersion: { groupVersion },
    })),
  },
  "/api/v1": {
    resources: [
      kind("namespaces", false),
      kind("configmaps"),
      kind("events"),
      kind("pods/log", true, ["get"]),
      kind("persistentvolumes", false),
    ],
  },
  "/apis/apps/v1": { resources: [kind("deployments")] },
  "/apis/example.dev/v1": { resources: [kind("widgets", false)] },
};
const HELM = { "meta.helm.sh/release-name": "shop" };
const LISTS: Record<string, unknown[]> = {
  "/api/v1/namespaces": [object("shop")],
  "/api/v1/configmaps": [
    object("settings", "shop"),
    object("kube-root-ca.crt", "shop"),
    object("coredns", "kube-system"),
    object("from-a-chart", "kube-system", HELM),
  ],
  "/apis/apps/v1/deployments": [object("web", "shop")],
};

test("an inventory names what lasts, of every kind, and of the cluster's own namespaces only what was installed", async () => {
  const answer = <T>(found: T | undefined, status: number) =>
    found === undefined ? Promise.reject(new KubeRefusal(status, "no")) : Promise.resolve(found);
  const api = {
    // The metrics' server is away.
    ...stagedApi({ get: <T>(path: string) => answer(DISCOVERY[path] as T | undefined, 503) }),
    // Widgets were removed while they were read.
    list: <T>(path: string) => answer(LISTS[path] as T[] | undefined, 404),
  };
  expect((await takeInventory(api)).map(({ path }) => path)).toEqual([
    "/api/v1/namespaces/shop",
    "/api/v1/namespaces/shop/configmaps/settings",
    "/api/v1/namespaces/kube-system/configmaps/from-a-chart",
    "/apis/apps/v1/namespaces/shop/deployments/web",
  ]);
});
