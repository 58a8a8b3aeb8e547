import { open } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { FiredrillError } from "../../harness/error.ts";
import { digestOf } from "./digest.ts";
import { distribution } from "./distribution.ts";
import { base } from "./base.ts";
import { buildLayer } from "./layer.ts";
import { LOCAL } from "./recipe.ts";
import type { Recipe } from "./recipe.ts";

/** Like the official image, a first argument that is no program goes to node. */
const ENTRYPOINT = `#!/bin/sh
set -e
if [ "\${1#-}" != "$1" ] || ! command -v "$1" >/dev/null 2>&1; then set -- node "$@"; fi
exec "$@"
`;

/** Node.js from the npm package `node`, on our base; stands in for `node`, without npm and yarn. */
export const node: Recipe = {
  repository: "node",
  estimateSeconds: 5,
  digest: async () => digestOf(nodeVersion(), ENTRYPOINT, await base.digest()),
  async offer() {
    const version = nodeVersion();
    await nodeBinary();
    const { slug, label } = await distribution();
    return {
      reference: `${LOCAL}/node:${version.split(".")[0]}-${slug}`,
      version,
      madeFrom: `npm's node ${version} on ${label}, without npm and yarn`,
    };
  },
  foundation: async () => (await base.offer()).reference,
  async build(site, { offer, from, labels }) {
    await buildLayer(site, {
      reference: offer.reference,
      labels,
      dockerfile: [
        `FROM ${from}`,
        "COPY node docker-entrypoint.sh /usr/local/bin/",
        `ENV NODE_VERSION=${offer.version}`,
        'ENTRYPOINT ["docker-entrypoint.sh"]',
        'CMD ["node"]',
      ],
      files: { node: await nodeBinary() },
      texts: { "docker-entrypoint.sh": ENTRYPOINT },
    });
  },
};

const require = createRequire(import.meta.url);

const nodeVersion = (): string => (require("node/package.json") as { version: string }).version;

/** Path of the program in the npm package. @throws ENV_IMAGE when it is not one for Linux */
async function nodeBinary(): Promise<string> {
  const manifest = require.resolve("node/package.json");
  const path = join(dirname(manifest), "bin", "node");
  if (!(await isLinuxProgram(path))) {
    throw new FiredrillError("ENV_IMAGE", "no Node.js program for Linux to put into an image", {
      received: path,
      hint: "pull the official image: docker pull node:24-slim",
    });
  }
  return path;
}

/** Linux programs start with the four bytes of the ELF magic number, see elf(5). */
async function isLinuxProgram(path: string): Promise<boolean> {
  const file = await open(path).catch(() => null);
  if (file === null) return false;
  const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
  await file.close();
  return buffer.equals(Buffer.from([0x7f, 0x45, 0x4c, 0x46]));
}
