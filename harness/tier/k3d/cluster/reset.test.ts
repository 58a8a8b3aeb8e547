import { expect, test } from "vitest";
import type { Item } from "../watch/inventory.ts";
import { dueNow } from "./reset.ts";

const item = (resource: string, name: string, more: object = {}): Item => ({
  path: `/${resource}/${name}`,
  resource,
  namespace: resource === "namespaces" ? null : "shop",
  object: { metadata: { name, uid: name, creationTimestamp: "", resourceVersion: "1", ...more } },
});
const names = (items: readonly Item[]) => items.map(({ path }) => path);

const NAMESPACE = item("namespaces", "shop");
const POD = item("pods", "web-1", { ownerReferences: [{ kind: "ReplicaSet", name: "web" }] });

test("what owns others is deleted before its namespace", () => {
  expect(names(dueNow([NAMESPACE, item("deployments", "web"), POD], false))).toEqual(["/deployments/web"]);
});

test("a namespace is deleted when its pods have ended, or do not end", () => {
  expect(dueNow([NAMESPACE], false)).toEqual([NAMESPACE]);
  expect(dueNow([NAMESPACE, POD], true)).toEqual([NAMESPACE]);
});

test("nothing is deleted twice", () => {
  expect(dueNow([item("deployments", "web", { deletionTimestamp: "now" })], true)).toEqual([]);
});
