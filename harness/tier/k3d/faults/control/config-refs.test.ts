import { expect, test } from "vitest";
import { configRefs, type PodTemplate } from "./config-refs.ts";

test("every way in which a pod is configured is found, each object once", () => {
  const template: PodTemplate = {
    spec: {
      volumes: [
        { configMap: { name: "files" } },
        { secret: { secretName: "keys" } },
        { projected: { sources: [{ configMap: { name: "parts" } }, { secret: { name: "token" } }] } },
        {},
      ],
      initContainers: [{ envFrom: [{ configMapRef: { name: "first" } }, { secretRef: { name: "keys" } }] }],
      containers: [
        { env: [{ valueFrom: { configMapKeyRef: { name: "files" } } }, {}] },
        { env: [{ valueFrom: { secretKeyRef: { name: "password" } } }] },
      ],
    },
  };
  expect(configRefs(template).map(({ kind, name }) => `${kind}/${name}`)).toEqual([
    "configmap/files",
    "configmap/first",
    "configmap/parts",
    "secret/keys",
    "secret/password",
    "secret/token",
  ]);
});
