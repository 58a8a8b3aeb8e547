import { expect, it } from "vitest";
import { redact } from "./redact.ts";

it.each([
  ["k3s's environment", "env K3S_TOKEN=aBcDeF123 K3S_URL=https://x"],
  ["k3d's label", '"k3d.cluster.token":"aBcDeF123"'],
  ["k3d's list", "Token: aBcDeF123, Nodes: 3"],
  ["a kubeconfig's token", "user: { token: aBcDeF123 }"],
  ["a kubeconfig's key", "client-key-data: aBcDeF123=="],
  ["a header", "Authorization: Bearer aBcDeF123"],
  ["a key", "-----BEGIN RSA PRIVATE KEY-----\naBcDeF123\n-----END RSA PRIVATE KEY-----"],
  ["a key that is cut off", "-----BEGIN RSA PRIVATE KEY-----\naBcDeF123"],
])("hides %s", (_what, text) => {
  expect(redact(text)).not.toContain("aBcDeF123");
  expect(redact(text)).toContain("(hidden)");
});

it("leaves the rest as it is", () => {
  const text = "env K3S_TOKEN=x K3S_URL=https://k3d-server-0:6443\nnode is ready";
  expect(redact(text)).toBe("env K3S_TOKEN=(hidden) K3S_URL=https://k3d-server-0:6443\nnode is ready");
});
