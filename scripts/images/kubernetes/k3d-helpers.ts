import { readFile } from "node:fs/promises";
import { K3D } from "../../toolchain/tools.ts";
import { digestOf } from "../digest.ts";
import { distribution } from "../distribution.ts";
import { buildLayer } from "../layer.ts";
import { LOCAL } from "../recipe.ts";
import type { Recipe } from "../recipe.ts";
import { nodePackages } from "./packages.ts";
import { busybox } from "./pod-images.ts";

const PROXY = new URL("../files/k3d-proxy.sh", import.meta.url);

const offered = async (name: string, madeFrom: string) => {
  const version = K3D.version.slice(1);
  return { reference: `${LOCAL}/${name}:${version}-${(await distribution()).slug}`, version, madeFrom };
};

/** The load balancer that k3d puts in front of a cluster's servers. */
export const k3dProxy: Recipe = {
  repository: "ghcr.io/k3d-io/k3d-proxy",
  estimateSeconds: 3,
  digest: async () => digestOf("1", await nodePackages.digest(), await readFile(PROXY, "utf8")),
  offer: async () =>
    offered("k3d-proxy", `nginx of ${(await nodePackages.offer()).madeFrom.replace(/'s .*/, "")}`),
  foundation: async () => (await nodePackages.offer()).reference,
  async build(site, { offer, from, labels }) {
    await buildLayer(site, {
      reference: offer.reference,
      labels,
      dockerfile: [`FROM ${from}`, "COPY k3d-proxy.sh /usr/local/bin/", 'ENTRYPOINT ["k3d-proxy.sh"]'],
      texts: { "k3d-proxy.sh": await readFile(PROXY, "utf8") },
    });
  },
};

/** The container that k3d starts beside every cluster to import images; this one only waits, import with `-m direct`. */
export const k3dTools: Recipe = {
  repository: "ghcr.io/k3d-io/k3d-tools",
  estimateSeconds: 3,
  digest: async () => digestOf("1", await busybox.digest()),
  offer: async () => offered("k3d-tools", "busybox, without the import tool"),
  foundation: async () => (await busybox.offer()).reference,
  async build(site, { offer, from, labels }) {
    const dockerfile = [`FROM ${from}`, 'ENTRYPOINT ["/bin/sh", "-c", "exec sleep 2147483", "--"]'];
    await buildLayer(site, { reference: offer.reference, labels, dockerfile });
  },
};
