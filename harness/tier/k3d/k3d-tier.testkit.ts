import { systemClock } from "../../time/system-clock.ts";
import { randomBytes } from "node:crypto";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { EventBody } from "../../events/vocabulary.ts";
import { readStack } from "../../stack/read-stack.ts";
import type { RunningStack, UpContext } from "../tier.ts";
import { k3dTier } from "./k3d-tier.ts";

/** A folder with a stack, a run id of its own, and the events that were emitted. */
export interface K3dBench extends AsyncDisposable {
  readonly folder: string;
  readonly runId: string;
  readonly events: EventBody[];
  up(more?: Partial<UpContext>): Promise<RunningStack>;
}

/** Writes the files of a stack (or copies a folder) for tests; disposal removes all that is left of run and folder. */
export async function k3dBench(stack: Readonly<Record<string, string>> | string): Promise<K3dBench> {
  const folder = await mkdtemp(join(tmpdir(), "fd-k3d-tier-"));
  const source = join(folder, "stack");
  await mkdir(source);
  const runId = `test-${randomBytes(4).toString("hex")}`;
  const events: EventBody[] = [];
  if (typeof stack === "string") await cp(stack, source, { recursive: true, dereference: true });
  else {
    for (const [name, content] of Object.entries(stack)) {
      await mkdir(dirname(join(source, name)), { recursive: true });
      await writeFile(join(source, name), content);
    }
  }
  return {
    folder,
    runId,
    events,
    up: async (more = {}) =>
      k3dTier.up(await readStack(source, "k3d"), {
        runId,
        runDir: folder,
        trial: 0,
        seed: 1,
        emit: (event) => void events.push(event),
        signal: new AbortController().signal,
        keepUntil: null,
        times: "fast",
        reuse: false,
        clock: systemClock(),
        ...more,
      }),
    async [Symbol.asyncDispose]() {
      await k3dTier.removeRun(runId);
      await rm(folder, { recursive: true });
    },
  };
}
