import { TOOLBOX } from "../../scripts/images/index.ts";

/** What the shipped stacks and our own helper containers run. */
export const IMAGES_NEEDED: readonly string[] = [TOOLBOX, "node:24-slim", "postgres:15"];
