import Docker from "dockerode";
import { GenericContainer, Wait } from "testcontainers";
import { expect, test } from "vitest";
import { resolveImage } from "../../harness/stack/images/index.ts";

process.env["TESTCONTAINERS_RYUK_DISABLED"] ??= "true";

test("redis runs as its own user, takes options, and answers another container's address", async () => {
  const { use } = await resolveImage(new Docker(), "redis:7", { signal: AbortSignal.timeout(170_000) });
  const redis = await new GenericContainer(use)
    .withLabels({ "dev.firedrill.test": "images" })
    .withCommand(["redis-server", "--protected-mode", "no", "--appendonly", "yes"])
    .withExposedPorts(6379)
    .withWaitStrategy(Wait.forLogMessage("Ready to accept connections"))
    .start();
  try {
    const { Networks } = (await new Docker().getContainer(redis.getId()).inspect()).NetworkSettings;
    const address = Object.values(Networks)[0]?.IPAddress ?? "no address";
    expect((await redis.exec(["redis-cli", "-h", address, "config", "get", "appendonly"])).output).toContain(
      "yes",
    );
    expect((await redis.exec(["sh", "-c", "ps -o user= -p 1; pwd"])).output).toBe("redis\n/data\n");
  } finally {
    await redis.stop();
  }
});
