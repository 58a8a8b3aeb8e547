import { readFile } from "node:fs/promises";

/** The files that run in the gateway's container, relative to `harness/tier/`, without ending; the first one is run. */
const FILES = [
  "k3d/gateway/inside/main",
  "k3d/gateway/inside/choose-node",
  "k3d/gateway/inside/node-health",
  "k3d/gateway/inside/node-tables",
  "k3d/gateway/inside/open-through-nodes",
  "k3d/gateway/routes",
  "compose/gateway/gateway",
] as const;

const FOLDER = "/firedrill";
const VARIABLE = "FIREDRILL_PROGRAM";

/** Puts the files into the container's own file system and runs the first. */
const UNPACK = `
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
const files = JSON.parse(process.env.${VARIABLE});
delete process.env.${VARIABLE};
for (const [path, text] of Object.entries(files)) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
await import(Object.keys(files)[0]);`;

/** A command and a variable that carry the program; several files need no image of their own this way. */
export async function gatewayProgram(): Promise<{ readonly command: string[]; readonly env: string }> {
  // This package may be compiled: then the files lie there as JavaScript.
  const ending = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
  const tier = new URL("../../", import.meta.url);
  const files = await Promise.all(
    FILES.map(async (name) => {
      const path = name + ending;
      return [`${FOLDER}/${path}`, await readFile(new URL(path, tier), "utf8")] as const;
    }),
  );
  const packed = Object.fromEntries([...files, [`${FOLDER}/package.json`, '{ "type": "module" }']]);
  return {
    command: ["node", "--input-type=module", "--eval", UNPACK],
    env: `${VARIABLE}=${JSON.stringify(packed)}`,
  };
}
