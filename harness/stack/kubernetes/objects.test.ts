import { expect, it } from "vitest";
import { parseObjects } from "./objects.ts";

const parse = (text: string) => parseObjects(text, { file: "app.yaml", namespace: "shop" });
const refusal = (message: RegExp) =>
  expect.objectContaining({ code: "USAGE_STACK", message: expect.stringMatching(message) });

it("reads many documents, lists and empty ones, with the namespace of each", () => {
  const objects = parse(`
---
# nothing but a comment
---
{ apiVersion: v1, kind: Pod, metadata: { name: a, labels: , annotations: { x: "1" } } }
---
apiVersion: v1
kind: List
items:
  - { apiVersion: v1, kind: Service, metadata: { name: b, namespace: other } }
  - { apiVersion: v1, kind: ConfigMapList, items: [{ apiVersion: v1, kind: ConfigMap, metadata: { name: c } }] }
`);
  expect(objects.map(({ kind, name, namespace }) => `${kind} ${namespace}/${name}`)).toEqual([
    "Pod shop/a",
    "Service other/b",
    "ConfigMap shop/c",
  ]);
  expect(objects[0]).toMatchObject({ annotations: { x: "1" }, labels: {} });
});

it("an object complains with its line, or with its template in a chart", () => {
  const [first, second] = parse(`---
apiVersion: v1
kind: Pod
metadata: { name: a }
---
# Source: shop/templates/b.yaml
# More words.
{ apiVersion: v1, kind: Pod, metadata: { name: b } }
`);
  expect(() => first?.fail("is odd")).toThrow(refusal(/^app\.yaml:2: Pod "a": is odd$/));
  expect(() => second?.fail("is odd")).toThrow(refusal(/^app\.yaml\/templates\/b\.yaml: Pod "b": is odd$/));
});

it.each([
  ["a: [", /^app\.yaml:1:/],
  ["{ kind: Pod, metadata: { name: a } }", /no object of Kubernetes/],
  ["just text", /no object of Kubernetes/],
  ["{ apiVersion: v1, kind: Pod, metadata: { generateName: a- } }", /no object of Kubernetes/],
])("refuses %j", (text, message) => expect(() => parse(text)).toThrow(refusal(message)));

it("an empty text has no objects", () => expect(parse("")).toEqual([]));
