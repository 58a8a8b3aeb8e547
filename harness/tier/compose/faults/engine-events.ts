import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type Docker from "dockerode";

/** The engine's own clock, as its event log wants times: seconds with nine decimals. */
export async function engineTime(docker: Docker): Promise<string> {
  const { SystemTime } = (await docker.info()) as { SystemTime: string };
  const nanos = /\.(\d+)/.exec(SystemTime)?.[1] ?? "";
  return `${Math.floor(Date.parse(SystemTime) / 1_000)}.${nanos.padEnd(9, "0").slice(0, 9)}`;
}

/** Did the kernel kill something in this container for want of memory since then? The engine remembers its last events. */
export async function hadOutOfMemory(docker: Docker, containerId: string, since: string): Promise<boolean> {
  const stream = (await docker.getEvents({
    since,
    until: await engineTime(docker),
    filters: { container: [containerId], event: ["oom"] },
    // The engine takes decimals, which the type does not foresee.
  } as unknown as Docker.GetEventsOptions)) as unknown as Readable;
  for await (const line of createInterface({ input: stream })) {
    if (line.trim() !== "") return true;
  }
  return false;
}
