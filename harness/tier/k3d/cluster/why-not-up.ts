import type Docker from "dockerode";
import { FiredrillError } from "../../../error.ts";
import { labelFilter } from "../../../stack/labels.ts";
import { readLogs } from "../../compose/containers.ts";
import { redact } from "./redact.ts";

const LOG_LINES = 8;

/** The error of a cluster that k3d could not bring up: k3d's words, and the ends of its containers' logs. */
export async function clusterDidNotComeUp(
  docker: Docker,
  cluster: string,
  id: string,
  complaint: string,
): Promise<FiredrillError> {
  if (isDiskFull(complaint)) return diskFull(`cluster "${cluster}" was made`, complaint);
  const containers = await docker.listContainers({ all: true, filters: labelFilter({ "k3d.cluster": id }) });
  const logs = await Promise.all(
    containers.map(async ({ Id, Names, Status }) => {
      const log = await readLogs(docker, Id, LOG_LINES).catch(() => "");
      return `${Names[0]?.slice(1)} (${Status}):\n${redact(log).trimEnd() || "(it wrote nothing)"}`;
    }),
  );
  return new FiredrillError("RUN_STACK", `cluster "${cluster}" did not come up`, {
    received: complaint,
    expected: "a cluster whose nodes have all registered",
    hint:
      logs.length === 0
        ? "npx firedrill doctor"
        : `read the last lines of its containers:\n${logs.join("\n")}`,
  });
}

export const isDiskFull = (complaint: string): boolean => /no space left on device|ENOSPC/i.test(complaint);

/** ENV_DISK, with what was being done when the disk was full. */
export function diskFull(doing: string, complaint: string): FiredrillError {
  return new FiredrillError("ENV_DISK", `the disk was full when ${doing}`, {
    received: complaint,
    expected: "about 1 GB free for each node, and the images once more in each",
    hint: "docker system df, then docker system prune, or firedrill down --all",
  });
}
