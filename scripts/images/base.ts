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
  async offer() {
    const { id, version, codename, label, slug } = await distribution();
    return {
      reference: `${LOCAL}/${id}:${version}`,
      // An Ubuntu base must never be taken for a Debian one.
      version: id === "debian" ? version : `0-${slug}`,
      aliases: id === "debian" ? [codename, "stable"] : [],
      madeFrom: `${label}'s packages`,
      digest: digestOf(...PACKAGES),
    };
  },
  build: (site, offer, labels) =>
    buildFromPackages(site, { reference: offer.reference, packages: PACKAGES, labels }),
};
