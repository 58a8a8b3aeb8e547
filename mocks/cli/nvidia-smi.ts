import { chmodSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parseFlags } from "../../harness/cli/command.ts";
import { FiredrillError } from "../../harness/error.ts";

const usage = "mocks nvidia-smi --write PATH";
const PROGRAM = new URL("../gpu/program/nvidia-smi.sh", import.meta.url);
/** The same program under the names that it also answers to. */
const SISTERS = ["lspci", "dmesg"] as const;

/** `firedrill mocks nvidia-smi`: the program to mount into a container, with lspci and dmesg beside it. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseFlags(usage, args, { write: { type: "string", default: "" } });
  const text = readFileSync(PROGRAM, "utf8");
  if (values.write === "") {
    process.stdout.write(text);
    return 0;
  }
  const written = writeProgram(values.write, text);
  process.stdout.write(
    `${written.join("\n")}\nmount them on the path; FIREDRILL_GPU_URL says where the mock is (http://gpu:9401)\n`,
  );
  return 0;
}

/** @throws USAGE_FLAG when something is there already or the folder is not. */
function writeProgram(path: string, text: string): readonly string[] {
  const program = resolve(path);
  const sisters = SISTERS.map((name) => join(dirname(program), name));
  try {
    writeFileSync(program, text, { flag: "wx" });
    chmodSync(program, 0o755);
    for (const sister of sisters) symlinkSync(basename(program), sister);
  } catch (cause) {
    throw new FiredrillError("USAGE_FLAG", "can't write the program", {
      received: (cause as Error).message,
      expected: "a path in a folder without nvidia-smi, lspci and dmesg",
      cause,
    });
  }
  return [program, ...sisters];
}
