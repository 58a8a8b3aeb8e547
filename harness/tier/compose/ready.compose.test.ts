import { systemClock } from "../../time/system-clock.ts";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { composeTier } from "./compose-tier.ts";

describe("readiness", () => {
  it("says what is there", async () => {
    expect(await composeTier.ready()).toMatchObject({
      ready: true,
      detail: expect.stringMatching(/Docker .* Compose 2/),
    });
  });

  it("says what to do when no engine answers, and refuses to start", async () => {
    vi.stubEnv("DOCKER_HOST", `unix://${join(tmpdir(), `dead-${randomBytes(4).toString("hex")}.sock`)}`);
    try {
      expect(await composeTier.ready()).toMatchObject({
        ready: false,
        reason: expect.stringContaining("no such socket"),
        fix: "npx firedrill doctor --fix",
      });
      await expect(composeTier.removeRun("nothing")).rejects.toMatchObject({ code: "ENV_ENGINE" });
      await expect(
        composeTier.up(
          { name: "x", file: "", services: {}, roles: {}, places: {}, kubernetes: null },
          {
            runId: "x",
            runDir: tmpdir(),
            trial: 0,
            seed: 1,
            emit: () => {},
            signal: new AbortController().signal,
            keepUntil: null,
            times: "production",
            reuse: false,
            clock: systemClock(),
          },
        ),
      ).rejects.toMatchObject({ code: "ENV_ENGINE" });
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
