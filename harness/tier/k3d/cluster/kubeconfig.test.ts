import { expect, it } from "vitest";
import { parse } from "yaml";
import { mergeKubeconfigs } from "./kubeconfig.ts";

const from = (port: number) => `
clusters: [{name: k3d-x, cluster: {server: "https://127.0.0.1:${port}"}}]
users: [{name: admin@k3d-x, user: {token: t${port}}}]
contexts: [{name: k3d-x, context: {cluster: k3d-x, user: admin@k3d-x}}]
`;

it("has one context for each cluster, by the cluster's name, and the first is the current one", () => {
  const merged = mergeKubeconfigs([
    { context: "a", text: from(1), namespace: "shop" },
    { context: "b", text: from(2), namespace: "default" },
  ]);
  expect(parse(merged)).toMatchObject({
    "current-context": "a",
    clusters: [
      { name: "a", cluster: { server: "https://127.0.0.1:1" } },
      { name: "b", cluster: { server: "https://127.0.0.1:2" } },
    ],
    contexts: [
      { context: { namespace: "shop", user: "a" } },
      { context: { namespace: "default", user: "b" } },
    ],
    users: [{ user: { token: "t1" } }, { user: { token: "t2" } }],
  });
});

it("refuses what is no kubeconfig", () => {
  expect(() => mergeKubeconfigs([{ context: "a", text: "", namespace: "default" }])).toThrow(
    'cluster "a" has no kubeconfig',
  );
});
