import { presentImage } from "../../stack/images/index.ts";
import { engineOrNotApplicable, isResult } from "../check.ts";
import type { Check } from "../check.ts";
import { IMAGES_NEEDED } from "../images-needed.ts";

/** Are the images there that the shipped stacks run? Absent ones come by themselves, only later and slower. */
export const images: Check = {
  id: "images",
  title: "Images",
  neededBy: "nothing",
  run: async (examination) => {
    const docker = await engineOrNotApplicable(examination);
    if (isResult(docker)) return docker;
    const found = await Promise.all(
      IMAGES_NEEDED.map(async (image) => ({ image, use: await presentImage(docker, image) })),
    );
    const absent = found.filter(({ use }) => use === null).map(({ image }) => image);
    const details = found.map(
      ({ image, use }) => `${image}: ${use === null ? "absent" : `present as ${use}`}`,
    );
    if (absent.length === 0) return { state: "ok", summary: `${found.length} of ${found.length} present` };
    return {
      state: "partial",
      summary: `${absent.join(", ")} will be pulled, or built in a minute or two, by the first run`,
      details,
      fix: "npx firedrill doctor --fix gets them now",
    };
  },
};
