import type Docker from "dockerode";
import { execInNode } from "../in-node.ts";

/** Appends zeros to a file: followed by its path and the number of bytes. */
export const FILL = ["sh", "-c", 'head -c "$1" /dev/zero >> "$0"'];

/** The size of a file in a node, in bytes; 0 without it. @throws when the node does not run */
export async function fileSize(docker: Docker, node: string, path: string): Promise<number> {
  const { exitCode, stdout } = await execInNode(docker, node, ["stat", "-c", "%s", path]);
  return exitCode === 0 ? Number(stdout) : 0;
}
