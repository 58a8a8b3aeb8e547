import { chmod, copyFile, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FiredrillError } from "../../harness/error.ts";
import type { BuildSite } from "./recipe.ts";

export interface Layer {
  readonly reference: string;
  /** The lines of the Dockerfile. */
  readonly dockerfile: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Name in the build context → file on this machine. */
  readonly files?: Readonly<Record<string, string>>;
  /** Name in the build context → its text. */
  readonly texts?: Readonly<Record<string, string>>;
}

interface BuildEvent {
  readonly stream?: string;
  readonly error?: string;
}

/** Builds an image from a Dockerfile with the engine's own builder; no Docker CLI and no buildx needed. */
export async function buildLayer(site: BuildSite, layer: Layer): Promise<void> {
  const context = await mkdtemp(join(tmpdir(), "firedrill-image-"));
  try {
    await writeFile(join(context, "Dockerfile"), `${layer.dockerfile.join("\n")}\n`);
    for (const [name, path] of Object.entries(layer.files ?? {})) {
      await copyFile(path, join(context, name));
      await chmod(join(context, name), 0o755);
    }
    for (const [name, text] of Object.entries(layer.texts ?? {})) {
      await writeFile(join(context, name), text, { mode: 0o755 });
    }
    const stream = await site.docker.buildImage(
      { context, src: await readdir(context) },
      { t: layer.reference, labels: { ...layer.labels }, forcerm: true, abortSignal: site.signal },
    );
    await follow(site, layer.reference, stream);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

async function follow(site: BuildSite, reference: string, stream: NodeJS.ReadableStream): Promise<void> {
  const said: string[] = [];
  const failure = await new Promise<string | null>((resolve, reject) => {
    const note = (event: BuildEvent) => void said.push(event.stream ?? event.error ?? "");
    const end = (error: Error | null, output: BuildEvent[] | null) =>
      error ? reject(error) : resolve(output?.find((event) => event.error !== undefined)?.error ?? null);
    site.docker.modem.followProgress(stream, end, note);
  }).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  site.signal.throwIfAborted();
  if (failure === null) return;
  throw new FiredrillError("ENV_IMAGE", `building ${reference} failed`, {
    received: `${failure}\n            ${said.join("").trim().split("\n").slice(-6).join("\n            ")}`,
    hint: "if a package could not be fetched, containers cannot reach the package sources: install mmdebstrap",
  });
}
