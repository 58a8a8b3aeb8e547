import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, test } from "vitest";
import { bench } from "../gpu/gpu.testkit.ts";
import { miniApiServer } from "../gpu/node/api-server.testkit.ts";

const MAIN = fileURLToPath(new URL("../../harness/cli/main.ts", import.meta.url));

test("kubectl carries the mock's GPUs to a node until Ctrl-C", async () => {
  await using on = await bench({ count: "2" });
  await using server = await miniApiServer("gpu-0");
  const folder = mkdtempSync(join(tmpdir(), "fd-node-"));
  const kubeconfig = join(folder, "config");
  const cluster = { name: "mini", cluster: { server: server.url } };
  const context = { name: "mini", context: { cluster: "mini", user: "nobody" } };
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      kind: "Config",
      apiVersion: "v1",
      clusters: [cluster],
      contexts: [context],
      users: [{ name: "nobody" }],
      "current-context": "mini",
    }),
  );
  const args = ["mocks", "gpu-node", "--node", "gpu-0", "--gpu", on.api, "--kubeconfig", kubeconfig];
  const keeping = execa(process.execPath, [MAIN, ...args], { reject: false });
  const capacity = () => server.node().status.capacity?.["nvidia.com/gpu"];
  try {
    await expect.poll(capacity, { timeout: 60_000 }).toBe("2");
    on.put("busDrop", { gpu: 0 });
    await expect.poll(capacity, { timeout: 60_000 }).toBe("1");
  } finally {
    keeping.kill("SIGINT");
    rmSync(folder, { recursive: true });
  }
  expect(await keeping).toMatchObject({ exitCode: 0, stderr: "" });
});
