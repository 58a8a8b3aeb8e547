import { FiredrillError } from "../error.ts";
import { EXIT } from "../scenario/exit-status.ts";
import { type Command } from "./command.ts";

const usage = "mocks serve <name>… | --all";

/** The verbs behind `firedrill mocks`. */
const VERBS: Readonly<Record<string, () => Promise<{ run(args: readonly string[]): Promise<number> }>>> = {
  ls: () => import("../../mocks/cli/ls.ts"),
  serve: () => import("../../mocks/cli/serve.ts"),
  pipe: () => import("../../mocks/cli/pipe.ts"),
  miners: () => import("../../mocks/cli/miners.ts"),
  "nvidia-smi": () => import("../../mocks/cli/nvidia-smi.ts"),
  "gpu-node": () => import("../../mocks/cli/gpu-node.ts"),
};

export const command: Command = {
  usage,
  summary:
    "servers that take the place of what a laptop lacks; also: mocks ls, mocks pipe, mocks miners, mocks nvidia-smi, mocks gpu-node",
  run: async ([verb, ...args]) => {
    const load = VERBS[verb ?? "ls"];
    if (load !== undefined) return (await load()).run(args);
    if (verb === "--help") return help();
    throw new FiredrillError("USAGE_FLAG", "mocks has no such verb", {
      received: verb ?? "nothing",
      expected: Object.keys(VERBS).join(", "),
    });
  },
};

function help(): number {
  process.stdout.write(
    `firedrill ${usage}\nfiredrill mocks ls\nfiredrill mocks pipe --to host:port\nfiredrill mocks miners --pool host:port\nfiredrill mocks nvidia-smi --write PATH\nfiredrill mocks gpu-node --node NAME\n`,
  );
  return EXIT.go;
}
