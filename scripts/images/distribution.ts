import { readFile } from "node:fs/promises";
import { execa } from "execa";
import { FiredrillError } from "../../harness/error.ts";

/** The Debian-like system this machine runs; local images are made of its packages. */
export interface Distribution {
  /** `debian`, `ubuntu`. */
  readonly id: string;
  /** `12`, `24.04`. */
  readonly version: string;
  readonly codename: string;
  /** For people: `Debian 12`. */
  readonly label: string;
  /** For tags: `debian12`. */
  readonly slug: string;
}

/** @throws ENV_IMAGE where this is not Debian or Ubuntu. */
export async function distribution(): Promise<Distribution> {
  const text = await readFile("/etc/os-release", "utf8").catch(() => "");
  return parseOsRelease(text);
}

/** `/etc/os-release`, see os-release(5). */
export function parseOsRelease(text: string): Distribution {
  const field = (name: string) => new RegExp(`^${name}="?([^"\\n]*)"?$`, "m").exec(text)?.[1] ?? "";
  const id = field("ID");
  if (id !== "debian" && id !== "ubuntu") {
    throw new FiredrillError("ENV_IMAGE", "local images are built from Debian's or Ubuntu's packages", {
      received: id === "" ? "a system without /etc/os-release" : id,
      hint: "load the image (`docker load`), or pull it where a registry can be reached",
    });
  }
  const label = `${id === "debian" ? "Debian" : "Ubuntu"} ${field("VERSION_ID")}`;
  const slug = id + field("VERSION_ID");
  return { id, version: field("VERSION_ID"), codename: field("VERSION_CODENAME"), label, slug };
}

/** The machine's own package sources as `deb` lines, those of its distribution only. */
export async function aptSources(): Promise<string[]> {
  const format = "$(ORIGIN)|deb $(REPO_URI) $(CODENAME) $(COMPONENT)";
  const { stdout } = await execa("apt-get", ["indextargets", "--format", format, "Created-By: Packages"]);
  const lines = stdout.split("\n").filter((line) => /^(Debian|Ubuntu)\|/.test(line));
  if (lines.length === 0) {
    throw new FiredrillError("ENV_IMAGE", "apt knows no packages of this distribution", {
      hint: "run `apt-get update` as root, then again",
    });
  }
  return [...new Set(lines.map((line) => line.slice(line.indexOf("|") + 1)))];
}

/** The version apt would install, without epoch and revision: `5:7.0.15-1~deb12u10` → `7.0.15`. */
export async function candidateVersion(debianPackage: string): Promise<string> {
  const { stdout } = await execa("apt-cache", ["policy", debianPackage], { env: { LC_ALL: "C" } });
  const version = /Candidate: (?:\d+:)?([0-9][0-9.]*)/.exec(stdout)?.[1];
  if (version === undefined) {
    throw new FiredrillError("ENV_IMAGE", `apt offers no package ${debianPackage}`, {
      hint: "run `apt-get update` as root, then again",
    });
  }
  return version.replace(/\.$/, "");
}
