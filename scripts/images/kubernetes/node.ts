import { readdir, readFile } from "node:fs/promises";
import { wrapperScript } from "../../../harness/doctor/fix/wrapper-script.ts";
import { KUBERNETES_VERSION } from "../../toolchain/tools.ts";
import { digestOf } from "../digest.ts";
import { distribution } from "../distribution.ts";
import { buildLayer } from "../layer.ts";
import { LOCAL } from "../recipe.ts";
import type { Recipe } from "../recipe.ts";
import { coredns, pause } from "./pod-images.ts";
import { nodePrograms } from "./programs.ts";

const FILES = new URL("../files/kubernetes-node/", import.meta.url);
const LIB = "/usr/local/lib/firedrill-node/";

/** A node for k3d: k3s's command line in front of upstream Kubernetes, where the image of k3s can't be had. */
export const kubernetesNode: Recipe = {
  repository: "rancher/k3s",
  // Kubernetes removes and changes APIs in minor versions.
  agreesOn: "minor",
  estimateSeconds: 5,
  digest: async () =>
    digestOf(
      await nodePrograms.digest(),
      ...dockerfile("programs", "pause"),
      ...Object.entries(await texts()).flat(),
    ),
  async offer() {
    const { version, madeFrom } = await nodePrograms.offer();
    const { slug } = await distribution();
    return { reference: `${LOCAL}/kubernetes-node:${KUBERNETES_VERSION}-${slug}`, version, madeFrom };
  },
  foundation: async () => (await nodePrograms.offer()).reference,
  async build(site, { offer, from, labels }) {
    const { reference: pauseImage } = await pause.offer();
    await buildLayer(site, {
      reference: offer.reference,
      labels,
      dockerfile: dockerfile(from, pauseImage),
      texts: await texts(),
    });
  },
};

async function texts(): Promise<Record<string, string>> {
  const names = (await readdir(FILES)).toSorted();
  const read = async (name: string) => [name, await readFile(new URL(name, FILES), "utf8")] as const;
  const files = Object.fromEntries(await Promise.all(names.map(read)));
  const { reference } = await coredns.offer();
  return {
    ...files,
    "coredns.yaml": (files["coredns.yaml"] ?? "").replace("COREDNS_IMAGE", reference),
    "runc-without-sys-resource": wrapperScript(),
  };
}

/** Folders and volumes are those of k3s's image, as far as k3d and containerd need them. */
function dockerfile(from: string, pauseImage: string): string[] {
  const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  return [
    `FROM ${from}`,
    // k3d's own entry point traps signals by names that dash does not know.
    "RUN ln -sf bash /bin/sh",
    "COPY k3s.sh /bin/k3s",
    "COPY ctr.sh /usr/local/bin/ctr",
    `COPY *.sh runc-without-sys-resource ${LIB}`,
    "COPY *.yaml /var/lib/rancher/k3s/server/manifests/",
    `ENV PATH=${path} KUBECONFIG=/etc/rancher/k3s/k3s.yaml`,
    `ENV KUBERNETES_VERSION=${KUBERNETES_VERSION} PAUSE_IMAGE=${pauseImage}`,
    "VOLUME /var/lib/kubelet /var/lib/containerd /var/lib/cni /var/log",
    'ENTRYPOINT ["/bin/k3s"]',
    'CMD ["agent"]',
  ];
}
