import Docker from "dockerode";
import { resolveImage } from "../stack/images/index.ts";
import { nodePostgres } from "./node-postgres.ts";
import type { Statement } from "./database.ts";

/** A real Postgres in a container, on a port of its own. */
export interface TestPostgres {
  readonly url: string;
  readonly container: Docker.Container;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts one and waits until it answers. `label` is the value of `dev.firedrill.test`. */
export async function startPostgres(label: string): Promise<TestPostgres> {
  const docker = new Docker();
  const { use } = await resolveImage(docker, "postgres:15", { signal: AbortSignal.timeout(500_000) });
  const container = await docker.createContainer({
    Image: use,
    Labels: { "dev.firedrill.test": label },
    Env: ["POSTGRES_USER=test", "POSTGRES_PASSWORD=test", "POSTGRES_DB=test"],
    ExposedPorts: { "5432/tcp": {} },
    // A fixed port: the engine would give a restarted container another one.
    HostConfig: {
      PortBindings: { "5432/tcp": [{ HostIp: "127.0.0.1", HostPort: String(await freePort()) }] },
    },
  });
  const remove = () => container.remove({ force: true, v: true });
  try {
    await container.start();
    const { NetworkSettings } = await container.inspect();
    const port = NetworkSettings.Ports["5432/tcp"]?.[0]?.HostPort;
    const url = `postgres://test:test@127.0.0.1:${port}/test`;
    await untilAnswers(url);
    return { url, container, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The smallest statement. */
export const selectOne: Statement<readonly [], { one: number }> = {
  name: "selectOne",
  text: "select 1 as one",
  model: () => [{ one: 1 }],
};

/** Asks until the server answers, for a minute at most. */
export async function untilAnswers(url: string): Promise<void> {
  const database = nodePostgres(url, { connectMs: 1_000, statementMs: 1_000 });
  try {
    for (let tries = 1; ; tries++) {
      const error = await database.run(selectOne, []).then(
        () => null,
        (reason: unknown) => reason,
      );
      if (error === null) return;
      if (tries === 120) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  } finally {
    await database.close();
  }
}

async function freePort(): Promise<number> {
  const { createServer } = await import("node:net");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
