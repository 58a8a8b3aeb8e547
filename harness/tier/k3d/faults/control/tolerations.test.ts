import { expect, test } from "vitest";
import type { Pod } from "../../api/objects.ts";
import { tolerates } from "./tolerations.ts";

const taint = { key: "firedrill.dev/fault", value: "1a2b3c4d", effect: "NoExecute" };
const podWith = (...tolerations: readonly object[]) => ({ spec: { tolerations } }) as unknown as Pod;

test.each([
  ["everything", { operator: "Exists" }],
  ["the key", { key: taint.key, operator: "Exists" }],
  ["key and effect", { key: taint.key, operator: "Exists", effect: "NoExecute" }],
  ["key and value", { key: taint.key, value: taint.value }],
])("a pod that tolerates %s stays", (_, toleration) => {
  expect(tolerates(podWith({ key: "other", operator: "Exists" }, toleration), taint)).toBe(true);
});

test.each([
  ["another key", { key: "node.kubernetes.io/unreachable", operator: "Exists", effect: "NoExecute" }],
  ["another effect", { operator: "Exists", effect: "NoSchedule" }],
  ["another value", { key: taint.key, value: "other" }],
  ["an empty key with a value", { value: taint.value }],
])("a pod that tolerates %s goes", (_, toleration) => {
  expect(tolerates(podWith(toleration), taint)).toBe(false);
  expect(tolerates({ spec: {} } as unknown as Pod, taint)).toBe(false);
});
