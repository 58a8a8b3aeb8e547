import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { buildTool } from "../../toolchain/build.ts";
import { KUBERNETES_VERSION, NODE_PROGRAMS } from "../../toolchain/tools.ts";
import { digestOf } from "../digest.ts";
import { distribution } from "../distribution.ts";
import { buildLayer } from "../layer.ts";
import { LOCAL } from "../recipe.ts";
import type { BuildSite, Recipe } from "../recipe.ts";
import { nodePackages } from "./packages.ts";
import { pinOf, POD_IMAGES } from "./pod-images.ts";

/** The slow half of a node: Kubernetes and etcd from their pinned modules, and the images of the first pods. */
export const nodePrograms: Recipe = {
  repository: "kubernetes-programs",
  estimateSeconds: 400,
  digest: async () =>
    digestOf(
      "1",
      await nodePackages.digest(),
      ...(await Promise.all(NODE_PROGRAMS.map(pinOf))),
      ...(await Promise.all(POD_IMAGES.map((image) => image.digest()))),
    ),
  async offer() {
    const under = await nodePackages.offer();
    return {
      reference: `${LOCAL}/kubernetes-programs:${KUBERNETES_VERSION}-${(await distribution()).slug}`,
      version: KUBERNETES_VERSION.slice(1),
      madeFrom: `upstream Kubernetes ${KUBERNETES_VERSION}, etcd and CoreDNS from their Go modules, and ${under.madeFrom}`,
    };
  },
  foundation: async () => (await nodePackages.offer()).reference,
  async build(site, { offer, from, labels }) {
    const programs: Record<string, string> = {};
    // One after another: what they share is then compiled once.
    for (const tool of NODE_PROGRAMS) programs[tool.name] = await buildTool(tool, site);
    const folder = await mkdtemp(join(tmpdir(), "firedrill-pods-"));
    try {
      const pods = await savePodImages(site, folder);
      await buildLayer(site, {
        reference: offer.reference,
        labels,
        dockerfile: [
          `FROM ${from}`,
          `COPY ${NODE_PROGRAMS.map((tool) => tool.name).join(" ")} /usr/local/bin/`,
          `COPY ${Object.keys(pods).join(" ")} /var/lib/rancher/k3s/agent/images/`,
        ],
        files: { ...programs, ...pods },
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** Name of the file → where it is. */
async function savePodImages(site: BuildSite, folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const { offer } of POD_IMAGES) {
    const image = await site.image((await offer()).reference);
    const name = `${image.replaceAll(/[^a-z0-9.]/g, "-")}.tar`;
    files[name] = join(folder, name);
    const saved = await site.docker.getImage(image).get();
    await pipeline(saved, createWriteStream(join(folder, name)), { signal: site.signal });
  }
  return files;
}
