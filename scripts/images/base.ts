import { digestOf } from "./digest.ts";
import { distribution } from "./distribution.ts";
import { buildFromPackages } from "./packages.ts";
import { LOCAL } from "./recipe.ts";
import type { Recipe } from "./recipe.ts";

/** What the toolbox needs is in the base already, so that one package run serves all our images. */
const PACKAGES = ["ca-certificates", "iptables", "iproute2", "procps"] as const;

/** The minimal system under all our own images; also stands in for `debian`. */
export const base: Recipe = {
  repository: "debian",
  estimateSeconds: 30,
  digest: async () => digestOf(...PACKAGES),
  async aliases() {
    const { id, codename } = await distribution();
    return id === "debian" ? [codename, "stable"] : [];
  },
  async offer() {
    const { id, version, label, slug } = await distribution();
    return {
      reference: `${LOCAL}/${id}:${version}`,
      // An Ubuntu base must never be taken for a Debian one.
      version: id === "debian" ? version : `0-${slug}`,
      madeFrom: `${label}'s packages`,
    };
  },
  build: (site, { offer, labels }) =>
    buildFromPackages(site, { reference: offer.reference, packages: PACKAGES, labels }),
};
