import { execa } from "execa";
import type { Readiness } from "../../harness/tier/tier.ts";

/** A program that tests of real clients need, how it shows that it works, and the Debian package that has it. */
interface ClientProgram {
  readonly name: string;
  readonly check: readonly [string, ...string[]];
  readonly debianPackage: string;
}

const PROGRAMS: readonly ClientProgram[] = [
  // Debian's python3 has a `venv` that can't install pip: that part is a package of its own.
  {
    name: "python3 with venv",
    check: ["python3", "-c", "import venv, ensurepip"],
    debianPackage: "python3-venv",
  },
  { name: "promtool", check: ["promtool", "--version"], debianPackage: "prometheus" },
  { name: "prometheus", check: ["prometheus", "--version"], debianPackage: "prometheus" },
  { name: "s3cmd", check: ["s3cmd", "--version"], debianPackage: "s3cmd" },
  { name: "rclone", check: ["rclone", "version"], debianPackage: "rclone" },
  { name: "aws", check: ["aws", "--version"], debianPackage: "awscli" },
];

/** Python starts slowly on a busy machine. */
const DEADLINE_MS = 30_000;

/** Can `*.clients.test.ts` run here? `works` says whether a command ends well. */
export async function clientsReady(
  works: (command: ClientProgram["check"]) => Promise<boolean> = endsWell,
): Promise<Readiness> {
  const answers = await Promise.all(PROGRAMS.map(({ check }) => works(check)));
  const missing = PROGRAMS.filter((_, at) => answers[at] === false);
  if (missing.length === 0) return { ready: true, detail: PROGRAMS.map(({ name }) => name).join(", ") };
  const packages = [...new Set(missing.map(({ debianPackage }) => debianPackage))];
  return {
    ready: false,
    reason: `no ${missing.map(({ name }) => name).join(", ")}`,
    fix: `apt-get install --no-install-recommends ${packages.join(" ")}`,
  };
}

async function endsWell([file, ...args]: ClientProgram["check"]): Promise<boolean> {
  const { exitCode } = await execa(file, args, { reject: false, stdin: "ignore", timeout: DEADLINE_MS });
  return exitCode === 0;
}
