import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { FiredrillError } from "../../harness/error.ts";
import { digestOf } from "./digest.ts";
import { buildLayer } from "./layer.ts";
import { LOCAL } from "./recipe.ts";
import type { Recipe } from "./recipe.ts";

/** TypeScript in the repository, compiled JavaScript in the package. */
const MAIN = fileURLToPath(
  new URL(`../../mocks/stand-ins/main.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url),
);
/** CommonJS dependencies inside the bundle still call `require`. */
const BANNER = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** Our stand-in services as one file on a Node image; the tag is the bundle's digest, so new code is a new image. */
export const standIns: Recipe = {
  repository: `${LOCAL}/stand-ins`,
  estimateSeconds: 3,
  digest: async () => digestOf(await bundle(), "1"),
  async offer() {
    const digest = await standIns.digest();
    const reference = `${LOCAL}/stand-ins:${digest}`;
    return { reference, version: digest, madeFrom: "mocks/stand-ins" };
  },
  foundation: async () => "node:24-slim",
  async build(site, { offer, from, labels }) {
    await buildLayer(site, {
      reference: offer.reference,
      labels,
      dockerfile: [
        `FROM ${from}`,
        "COPY stand-ins.mjs /app/",
        "WORKDIR /app",
        'ENTRYPOINT ["node", "/app/stand-ins.mjs"]',
        "CMD []",
      ],
      texts: { "stand-ins.mjs": await bundle() },
    });
  },
};

async function bundle(): Promise<string> {
  const result = await build({
    entryPoints: [MAIN],
    bundle: true,
    write: false,
    platform: "node",
    target: "node24",
    format: "esm",
    banner: { js: BANNER },
    // Optional and native; pg works without it.
    external: ["pg-native"],
    logLevel: "silent",
  }).catch((cause: unknown) => {
    throw new FiredrillError("ENV_IMAGE", "the stand-ins could not be bundled", {
      received: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  });
  const text = result.outputFiles[0]?.text;
  if (text === undefined) throw new FiredrillError("BUG", "esbuild wrote no file for the stand-ins");
  return text;
}
