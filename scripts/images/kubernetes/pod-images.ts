import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildTool } from "../../toolchain/build.ts";
import { COREDNS, PAUSE } from "../../toolchain/tools.ts";
import type { PinnedTool } from "../../toolchain/tools.ts";
import { digestOf } from "../digest.ts";
import { candidateVersion, distribution } from "../distribution.ts";
import { buildLayer } from "../layer.ts";
import { LOCAL } from "../recipe.ts";
import type { Recipe } from "../recipe.ts";
import { nodePackages } from "./packages.ts";

/** A pinned program, alone in its image. */
function programImage(tool: PinnedTool): Recipe {
  const reference = `${LOCAL}/${tool.name}:${tool.version.slice(1)}`;
  return {
    repository: `${LOCAL}/${tool.name}`,
    estimateSeconds: tool.estimateSeconds,
    digest: async () => digestOf("1", await pinOf(tool)),
    offer: async () => ({
      reference,
      version: tool.version.slice(1),
      madeFrom: `${tool.main} ${tool.version}`,
    }),
    async build(site, { labels }) {
      const dockerfile = ["FROM scratch", `COPY ${tool.name} /`, `ENTRYPOINT ["/${tool.name}"]`];
      await buildLayer(site, {
        reference,
        labels,
        dockerfile,
        files: { [tool.name]: await buildTool(tool, site) },
      });
    },
  };
}

/** What decides how a pinned tool comes out. */
export const pinOf = async (tool: PinnedTool): Promise<string> =>
  digestOf(
    tool.version,
    tool.main,
    JSON.stringify(tool.versionVariables),
    await readFile(join(tool.folder, "go.mod"), "utf8"),
  );

export const pause: Recipe = programImage(PAUSE);
export const coredns: Recipe = programImage(COREDNS);

/** A shell and its tools in two megabytes: for pods of tests and rehearsals, on every node from the start. */
export const busybox: Recipe = {
  repository: "busybox",
  estimateSeconds: 3,
  digest: async () => digestOf("1", await nodePackages.digest()),
  async offer() {
    const [version, { slug, label }] = await Promise.all([
      candidateVersion("busybox-static"),
      distribution(),
    ]);
    return {
      reference: `${LOCAL}/busybox:${version}-${slug}`,
      version,
      madeFrom: `${label}'s busybox ${version}`,
    };
  },
  foundation: async () => (await nodePackages.offer()).reference,
  async build(site, { offer, from, labels }) {
    const dockerfile = [
      `FROM ${from} AS packages`,
      "FROM scratch",
      "COPY --from=packages /bin/busybox /bin/busybox",
      'RUN ["/bin/busybox", "mkdir", "-p", "/etc", "/root", "/tmp", "/usr/bin", "/usr/sbin", "/sbin"]',
      'RUN ["/bin/busybox", "--install", "-s"]',
      "RUN chmod 1777 /tmp && echo 'root:x:0:0:root:/root:/bin/sh' > /etc/passwd && echo 'root:x:0:' > /etc/group",
      'CMD ["sh"]',
    ];
    await buildLayer(site, { reference: offer.reference, labels, dockerfile });
  },
};

/** What lies on every node, so that pods start without a registry. */
export const POD_IMAGES: readonly Recipe[] = [pause, coredns, busybox];
