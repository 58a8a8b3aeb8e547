/** Images without drama: present, else pulled, else built here, and always said which. */
export { ensureToolbox, presentImage, resolveImage } from "./resolve.ts";
export { cacheDir } from "./cache-dir.ts";
export { announced } from "./announced.ts";
