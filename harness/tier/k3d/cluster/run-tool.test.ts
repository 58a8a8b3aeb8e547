import { describe, expect, it } from "vitest";
import { runTool, toolEnvironment, usefulLines } from "./run-tool.ts";

const call = (script: string, signal = new AbortController().signal, timeoutMs = 10_000) =>
  runTool({ file: "sh", args: ["-c", script], env: { PATH: process.env["PATH"] ?? "" }, timeoutMs, signal });

describe("runTool", () => {
  it("hands back what was written, and hides secrets in complaints", async () => {
    expect(await call("echo out")).toMatchObject({ ok: true, stdout: "out" });
    const failed = await call("echo 'no K3S_TOKEN=abc' >&2; exit 3");
    expect(failed).toMatchObject({ ok: false, complaint: "no K3S_TOKEN=(hidden)" });
  });

  it("says that time is up", async () => {
    const answer = await call("exec sleep 30", undefined, 100);
    expect(answer.ok).toBe(false);
    expect(answer.complaint).toContain("no end after 0.1 s");
  });

  it("tells an interruption apart from a failure", async () => {
    const stop = new AbortController();
    const running = call("exec sleep 30", stop.signal);
    stop.abort();
    await expect(running).rejects.toMatchObject({ code: "RUN_INTERRUPTED" });
  });
});

describe("toolEnvironment", () => {
  it("takes over nothing of the user's own clusters", () => {
    const theirs = { PATH: "/bin", KUBECONFIG: "/home/u/.kube/config", HELM_DRIVER: "sql", K3D_FIX_DNS: "0" };
    const env = toolEnvironment(
      { ...theirs, HOME: "/home/u", DOCKER_CONTEXT: "far" },
      { home: "/run/tools", kubeconfig: "/run/kubeconfig", dockerHost: "unix:///s" },
    );
    expect(env).toEqual({
      PATH: "/bin",
      HOME: "/run/tools",
      KUBECONFIG: "/run/kubeconfig",
      DOCKER_HOST: "unix:///s",
      HELM_CACHE_HOME: "/run/tools/helm/cache",
      HELM_CONFIG_HOME: "/run/tools/helm/config",
      HELM_DATA_HOME: "/run/tools/helm/data",
    });
  });
});

describe("usefulLines", () => {
  it("keeps k3d's errors, without colours", () => {
    const stderr = [
      "\u001b[36mINFO\u001b[0m[0001] Creating node",
      "\u001b[31mERRO\u001b[0m[0002] it broke",
      "\u001b[31mFATA\u001b[0m[0002] gave up",
    ].join("\n");
    expect(usefulLines(stderr)).toBe("ERRO[0002] it broke\nFATA[0002] gave up");
  });

  it("keeps the end where no line is marked", () => {
    expect(usefulLines("Error: INSTALLATION FAILED\n\n")).toBe("Error: INSTALLATION FAILED");
  });
});
