import type Docker from "dockerode";
import { execa } from "execa";
import { FiredrillError } from "../../harness/error.ts";
import { aptSources, distribution } from "./distribution.ts";
import { buildLayer } from "./layer.ts";
import type { BuildSite } from "./recipe.ts";

/** What nobody reads inside a container. Halves the image. */
const LEFT_OUT = ["man/*", "doc/*", "locale/*", "info/*"].map((glob) => `/usr/share/${glob}`);

export interface PackageImage {
  readonly reference: string;
  readonly packages: readonly string[];
  readonly leftOut?: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * A minimal system with these packages, made from the machine's own package sources: by mmdebstrap where it is
 * installed (needs no image at all), else on top of a `debian:…-slim` that is present or can be pulled.
 */
export async function buildFromPackages(site: BuildSite, image: PackageImage): Promise<void> {
  if (await hasMmdebstrap()) return importWithMmdebstrap(site, image);
  const { codename } = await distribution();
  const from = await site.fetch(`debian:${codename}-slim`);
  if (from === null) {
    throw new FiredrillError("ENV_IMAGE", `nothing to build ${image.reference} from`, {
      received: `neither mmdebstrap nor a debian:${codename}-slim`,
      hint: "run `npx firedrill doctor --fix`, or install mmdebstrap",
    });
  }
  await buildLayer(site, {
    reference: image.reference,
    labels: image.labels,
    dockerfile: [
      `FROM ${from}`,
      "RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends " +
        `${image.packages.join(" ")} && rm -rf /var/lib/apt/lists/*`,
    ],
  });
}

async function hasMmdebstrap(): Promise<boolean> {
  // Without root it needs user namespaces and subordinate ids; the other way asks for neither.
  if (process.getuid?.() !== 0) return false;
  return (await execa("mmdebstrap", ["--version"], { reject: false })).exitCode === 0;
}

async function importWithMmdebstrap(site: BuildSite, image: PackageImage): Promise<void> {
  const { codename } = await distribution();
  const excludes = [...LEFT_OUT, ...(image.leftOut ?? [])].map((glob) => `--dpkgopt=path-exclude=${glob}`);
  const options = ["--variant=minbase", `--include=${image.packages.join(",")}`, ...excludes];
  const quiet = ["--quiet", '--aptopt=Acquire::Languages "none"'];
  const maker = execa("mmdebstrap", [...options, ...quiet, codename, "-", ...(await aptSources())], {
    stdout: "pipe",
    buffer: { stdout: false, stderr: true },
    reject: false,
    cancelSignal: site.signal,
    forceKillAfterDelay: 20_000,
  });
  // Untagged until the maker has ended well: a broken stream can import as a broken image.
  const id = await importTar(site.docker, maker.stdout, image.labels).catch((error: unknown) => {
    maker.kill();
    return error instanceof Error ? error : new Error(String(error));
  });
  const made = await maker;
  site.signal.throwIfAborted();
  if (made.exitCode !== 0 || id instanceof Error) {
    if (!(id instanceof Error)) await site.docker.getImage(id).remove().catch(ignore);
    throw new FiredrillError("ENV_IMAGE", `mmdebstrap could not build ${image.reference}`, {
      received: lastLines(made.stderr) || String(id),
      hint: "can this machine reach its package sources? Try `apt-get update` as root",
    });
  }
  const [repo, tag] = splitTag(image.reference);
  await site.docker.getImage(id).tag({ repo, tag });
}

async function importTar(
  docker: Docker,
  tar: NodeJS.ReadableStream,
  labels: Readonly<Record<string, string>>,
): Promise<string> {
  const changes = [
    "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    'CMD ["/bin/sh"]',
    ...Object.entries(labels).map(([key, value]) => `LABEL ${key}=${JSON.stringify(value)}`),
  ];
  const stream = await docker.importImage(tar, { changes });
  const events = await new Promise<Array<{ status?: string }>>((resolve, reject) =>
    docker.modem.followProgress(stream, (error, output) => (error ? reject(error) : resolve(output))),
  );
  const id = events.findLast((event) => event.status?.startsWith("sha256:"))?.status;
  if (id === undefined) throw new Error("the engine named no image after the import");
  return id;
}

/** The last lines of a tool's output that fit into an error. */
export const lastLines = (text: string): string => text.trim().split("\n").slice(-6).join("\n            ");

/** `a/b:c` → `["a/b", "c"]`; every local reference carries a tag. */
function splitTag(reference: string): [string, string] {
  const colon = reference.lastIndexOf(":");
  return [reference.slice(0, colon), reference.slice(colon + 1)];
}

const ignore = (): void => {};
