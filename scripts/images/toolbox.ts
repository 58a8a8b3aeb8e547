import { digestOf } from "./digest.ts";
import { buildLayer } from "./layer.ts";
import { node } from "./node.ts";
import { LOCAL } from "./recipe.ts";
import type { Recipe } from "./recipe.ts";

/** Name of the toolbox without its tag. */
export const TOOLBOX = `${LOCAL}/toolbox`;

/**
 * The helper container that enters a stack's network namespaces: iptables, ip, tc, ps, sh and node. Always
 * built here, and its tag carries the recipe's digest, so that an old one is never used by mistake.
 */
export const toolbox: Recipe = {
  repository: TOOLBOX,
  estimateSeconds: 3,
  digest: async () => digestOf("toolbox 1", await node.digest()),
  async offer() {
    const digest = await toolbox.digest();
    return { reference: `${TOOLBOX}:${digest}`, version: digest, madeFrom: (await node.offer()).madeFrom };
  },
  foundation: async () => (await node.offer()).reference,
  async build(site, { offer, from, labels }) {
    await buildLayer(site, {
      reference: offer.reference,
      labels,
      dockerfile: [
        `FROM ${from}`,
        "RUN iptables --version && ip -V && tc -V && ps --version",
        "ENTRYPOINT []",
      ],
    });
  },
};
