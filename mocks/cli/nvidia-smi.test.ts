import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, test } from "vitest";
import { bench } from "../gpu/gpu.testkit.ts";

const MAIN = fileURLToPath(new URL("../../harness/cli/main.ts", import.meta.url));

test("writes a program, and its sisters beside it, that ask the mock; not over others", async () => {
  await using on = await bench({ card: "t4" });
  const folder = mkdtempSync(join(tmpdir(), "fd-smi-"));
  const program = join(folder, "nvidia-smi");
  const write = () =>
    execa(process.execPath, [MAIN, "mocks", "nvidia-smi", "--write", program], { reject: false });
  try {
    expect((await write()).exitCode).toBe(0);
    const env = { FIREDRILL_GPU_URL: on.api };
    expect((await execa(program, ["-L"], { env })).stdout).toMatch(/^GPU 0: Tesla T4 \(UUID: GPU-/);
    expect((await execa(join(folder, "lspci"), [], { env })).stdout).toContain("3D controller: NVIDIA");
    expect(await write()).toMatchObject({ exitCode: 64, stderr: expect.stringContaining("EEXIST") });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
