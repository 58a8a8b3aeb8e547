import { readFile } from "node:fs/promises";
import { digestOf } from "./digest.ts";
import { candidateVersion, distribution } from "./distribution.ts";
import { buildLayer } from "./layer.ts";
import { packagesRecipe } from "./packages-recipe.ts";
import { LOCAL } from "./recipe.ts";
import type { Recipe } from "./recipe.ts";

const ENTRYPOINT = new URL("./files/redis-entrypoint.sh", import.meta.url);

/** The distribution's Redis server and client. */
export const redisPackages: Recipe = packagesRecipe({
  name: "redis",
  estimateSeconds: 35,
  version: () => candidateVersion("redis-server"),
  packages: () => ["redis-server", "procps"],
});

/** The distribution's own Redis; listens on every address without a password, like the official image. */
export const redis: Recipe = {
  repository: "redis",
  estimateSeconds: 3,
  digest: async () =>
    digestOf(await redisPackages.digest(), await readFile(ENTRYPOINT, "utf8"), ...dockerfile("packages")),
  async offer() {
    const under = await redisPackages.offer();
    return {
      reference: `${LOCAL}/redis:${under.version.split(".")[0]}-${(await distribution()).slug}`,
      version: under.version,
      madeFrom: under.madeFrom,
    };
  },
  foundation: async () => (await redisPackages.offer()).reference,
  async build(site, { offer, from, labels }) {
    await buildLayer(site, {
      reference: offer.reference,
      labels,
      dockerfile: dockerfile(from),
      texts: { "docker-entrypoint.sh": await readFile(ENTRYPOINT, "utf8") },
    });
  },
};

function dockerfile(from: string): string[] {
  return [
    `FROM ${from}`,
    "RUN mkdir -p /data && chown redis:redis /data",
    "COPY docker-entrypoint.sh /usr/local/bin/",
    "VOLUME /data",
    "WORKDIR /data",
    "EXPOSE 6379",
    'ENTRYPOINT ["docker-entrypoint.sh"]',
    // Protected mode would refuse every client that is not in the container itself.
    'CMD ["redis-server", "--protected-mode", "no"]',
  ];
}
