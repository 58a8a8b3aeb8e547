import { presentImage } from "../../stack/images/index.ts";
import { engineOrNotApplicable, isResult } from "../check.ts";
import type { Check, CheckResult } from "../check.ts";
import { CLUSTER_IMAGES_NEEDED } from "../images-needed.ts";

/** Are the images there that clusters are made of? Absent ones come by themselves, but a node can take minutes. */
export const clusterImages: Check = {
  id: "cluster-images",
  title: "Cluster images",
  neededBy: "nothing",
  run: async (examination) => {
    const docker = await engineOrNotApplicable(examination);
    if (isResult(docker)) return docker;
    return judgeClusterImages(
      await Promise.all(
        CLUSTER_IMAGES_NEEDED.map(async (image) => ({ image, use: await presentImage(docker, image) })),
      ),
    );
  },
};

export interface FoundImage {
  readonly image: string;
  /** The image itself or its stand-in; `null` when there is neither. */
  readonly use: string | null;
}

export function judgeClusterImages(found: readonly FoundImage[]): CheckResult {
  const standIns = found.filter(({ image, use }) => use !== null && use !== image).length;
  const absent = found.filter(({ use }) => use === null).map(({ image }) => image);
  const details = found.map(({ image, use }) => `${image}: ${use === null ? "absent" : `present as ${use}`}`);
  if (absent.length === 0) {
    const note = standIns > 0 ? `, ${standIns} of them built here` : "";
    return { state: "ok", summary: `${found.length} of ${found.length} present${note}`, details };
  }
  return {
    state: "partial",
    summary: `${absent.join(", ")} will be pulled, or built in about 8 minutes, by the first run on k3d`,
    details,
    fix: "npx firedrill doctor --fix gets them now",
  };
}
