import { fileURLToPath } from "node:url";
import { nodeProgram } from "./node-program.ts";

/** TypeScript in the repository, compiled JavaScript in the package. */
const ENDING = import.meta.url.endsWith(".ts") ? "ts" : "js";

/** Our stand-in services: `command: [control-plane]`. */
export const standIns = nodeProgram({
  name: "stand-ins",
  main: fileURLToPath(new URL(`../../mocks/stand-ins/main.${ENDING}`, import.meta.url)),
  madeFrom: "mocks/stand-ins",
});
