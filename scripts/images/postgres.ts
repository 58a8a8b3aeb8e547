import { readFile } from "node:fs/promises";
import { execa } from "execa";
import { FiredrillError } from "../../harness/error.ts";
import { digestOf } from "./digest.ts";
import { candidateVersion, distribution } from "./distribution.ts";
import { buildLayer } from "./layer.ts";
import { packagesRecipe } from "./packages-recipe.ts";
import { LOCAL } from "./recipe.ts";
import type { Recipe } from "./recipe.ts";

const ENTRYPOINT = new URL("./files/postgres-entrypoint.sh", import.meta.url);
/** The just-in-time compiler and LLVM under it are half of the image; the server does without when they are absent. */
const JIT = [
  "/usr/lib/*/libLLVM*",
  "/usr/lib/postgresql/*/lib/llvmjit*",
  "/usr/lib/postgresql/*/lib/bitcode/*",
];

/** The distribution's PostgreSQL server and clients. */
export const postgresPackages: Recipe = packagesRecipe({
  name: "postgres",
  estimateSeconds: 45,
  version: async () => candidateVersion(`postgresql-${await majorVersion()}`),
  packages: (version) => [`postgresql-${version.split(".")[0]}`, "procps"],
  leftOut: JIT,
});

/** The distribution's own PostgreSQL behind an entrypoint that behaves like the official image's. */
export const postgres: Recipe = {
  repository: "postgres",
  estimateSeconds: 3,
  digest: async () =>
    digestOf(
      await postgresPackages.digest(),
      await readFile(ENTRYPOINT, "utf8"),
      ...dockerfile("packages", "N"),
    ),
  async offer() {
    const under = await postgresPackages.offer();
    const major = majorOf(under.version);
    return {
      reference: `${LOCAL}/postgres:${major}-${(await distribution()).slug}`,
      version: under.version,
      madeFrom: `${under.madeFrom}, without the JIT compiler`,
    };
  },
  foundation: async () => (await postgresPackages.offer()).reference,
  async build(site, { offer, from, labels }) {
    await buildLayer(site, {
      reference: offer.reference,
      labels,
      dockerfile: dockerfile(from, offer.version),
      texts: { "docker-entrypoint.sh": await readFile(ENTRYPOINT, "utf8") },
    });
  },
};

/** Folders, variables, port and stop signal are those of the official image. */
function dockerfile(from: string, version: string): string[] {
  const major = majorOf(version);
  const sample = `/usr/share/postgresql/${major}/postgresql.conf.sample`;
  return [
    `FROM ${from}`,
    // The package's set-up makes a cluster of its own; this image starts with none.
    "RUN rm -rf /var/lib/postgresql/* /etc/postgresql && mkdir -p /docker-entrypoint-initdb.d " +
      "/var/lib/postgresql/data && chown -R postgres:postgres /var/lib/postgresql",
    // Clients are other containers, so a new cluster listens on every address.
    `RUN sed -i "s/^#listen_addresses =.*/listen_addresses = '*'/" ${sample} && grep -q "^listen_addresses" ${sample}`,
    "COPY docker-entrypoint.sh /usr/local/bin/",
    `ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/lib/postgresql/${major}/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    `ENV PG_MAJOR=${major} PG_VERSION=${version} LANG=C.UTF-8 PGDATA=/var/lib/postgresql/data`,
    "VOLUME /var/lib/postgresql/data",
    "EXPOSE 5432",
    "STOPSIGNAL SIGINT",
    'ENTRYPOINT ["docker-entrypoint.sh"]',
    'CMD ["postgres"]',
  ];
}

const majorOf = (version: string): string => version.split(".")[0] ?? version;

/** The distribution's default major version, from what its `postgresql` package depends on. */
async function majorVersion(): Promise<string> {
  const { stdout } = await execa("apt-cache", ["depends", "postgresql"], { reject: false });
  const major = /postgresql-(\d+)/.exec(stdout ?? "")?.[1];
  if (major !== undefined) return major;
  throw new FiredrillError("ENV_IMAGE", "apt offers no PostgreSQL", {
    hint: "run `apt-get update` as root, then again",
  });
}
