import { basename } from "node:path";
import { cleanupRun, findInterruptedRuns } from "../fault/cleanup.ts";
import { EXIT } from "../scenario/exit-status.ts";
import { runsFolder } from "../scenario/run-folder.ts";
import { type Command, parseFlags } from "./command.ts";
import { runFolder } from "./runs.ts";

const usage = "cleanup [<run>]";

/** Undoes and removes whatever interrupted runs left, from their folders alone. */
export const command: Command = {
  usage,
  summary: "undo and remove what interrupted runs left behind",
  run: async (args) => {
    const { positionals } = parseFlags(usage, args, {});
    const folders =
      positionals.length > 0
        ? positionals.map((name) => runFolder(name))
        : findInterruptedRuns(runsFolder(process.cwd())).map(({ runDir }) => runDir);
    if (folders.length === 0) process.stdout.write("nothing to clean up\n");
    let failed = false;
    for (const folder of folders) {
      const { undone, removed, failures } = await cleanupRun(folder);
      const lines = [`${basename(folder)}: ${undone} fault(s) undone, ${removed.length} object(s) removed`];
      process.stdout.write(
        [...lines, ...removed.map((it) => `  ${it}`), ...failures.map((it) => `  failed: ${it}`), ""].join(
          "\n",
        ),
      );
      failed ||= failures.length > 0;
    }
    return failed ? EXIT.noVerdict : EXIT.go;
  },
};
