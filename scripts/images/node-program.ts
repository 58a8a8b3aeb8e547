import { build } from "esbuild";
import { FiredrillError } from "../../harness/error.ts";
import { digestOf } from "./digest.ts";
import { buildLayer } from "./layer.ts";
import { LOCAL } from "./recipe.ts";
import type { Recipe } from "./recipe.ts";

/** A program of ours that becomes an image. */
export interface NodeProgram {
  /** `stand-ins`: the image is `firedrill.local/stand-ins`, the file in it `stand-ins.mjs`. */
  readonly name: string;
  /** Path of its entry. */
  readonly main: string;
  /** Completes "built locally from …". */
  readonly madeFrom: string;
  /** Further lines of the Dockerfile. */
  readonly lines?: readonly string[];
}

/** CommonJS dependencies inside the bundle still call `require`. */
const BANNER = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** A program as one file on a Node image; the tag is the bundle's digest, so new code is a new image. */
export function nodeProgram({ name, main, madeFrom, lines = [] }: NodeProgram): Recipe {
  const repository = `${LOCAL}/${name}`;
  const digest = async () => digestOf(await bundle(name, main), ["1", ...lines].join("\n"));
  return {
    repository,
    estimateSeconds: 3,
    digest,
    async offer() {
      const version = await digest();
      return { reference: `${repository}:${version}`, version, madeFrom };
    },
    foundation: async () => "node:24-slim",
    async build(site, { offer, from, labels }) {
      await buildLayer(site, {
        reference: offer.reference,
        labels,
        dockerfile: [
          `FROM ${from}`,
          `COPY ${name}.mjs /app/`,
          "WORKDIR /app",
          ...lines,
          `ENTRYPOINT ["node", "/app/${name}.mjs"]`,
          "CMD []",
        ],
        texts: { [`${name}.mjs`]: await bundle(name, main) },
      });
    },
  };
}

async function bundle(name: string, main: string): Promise<string> {
  const result = await build({
    entryPoints: [main],
    bundle: true,
    write: false,
    platform: "node",
    target: "node24",
    format: "esm",
    banner: { js: BANNER },
    // Optional and native; pg works without it, and so does ws.
    external: ["pg-native", "bufferutil", "utf-8-validate"],
    logLevel: "silent",
  }).catch((cause: unknown) => {
    throw new FiredrillError("ENV_IMAGE", `the program of the image ${name} could not be bundled`, {
      received: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  });
  const text = result.outputFiles[0]?.text;
  if (text === undefined) throw new FiredrillError("BUG", `esbuild wrote no file for ${name}`);
  return text;
}
