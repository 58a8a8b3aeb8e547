import type Docker from "dockerode";
import { FiredrillError } from "../../error.ts";
import type { StackSpec } from "../../stack/spec.ts";
import { inspectOrNull, readLogs, serviceContainers } from "./containers.ts";

const LOG_LINES = 15;
const MAX_COMPLAINT = 1_500;

/** The error of a stack that did not come up: which service is to blame, how it stands, and the end of its log. */
export async function stackDidNotComeUp(
  docker: Docker,
  project: string,
  spec: StackSpec,
  complaint: string,
): Promise<FiredrillError> {
  const culprits: { readonly service: string; readonly standing: string; readonly log: string }[] = [];
  for (const { service, id } of await serviceContainers(docker, project)) {
    const info = await inspectOrNull(docker, id);
    const standing = info && wrong(info);
    if (standing) culprits.push({ service, standing, log: await readLogs(docker, id, LOG_LINES) });
  }
  const names = culprits.map(({ service, standing }) => `"${service}" ${standing}`).join(", ");
  return new FiredrillError(
    "RUN_STACK",
    `stack "${spec.name}" did not come up${names === "" ? "" : `: ${names}`}`,
    {
      received: lastLines(complaint),
      expected: "every service running and healthy",
      hint:
        culprits.length === 0
          ? "read what Compose says above"
          : culprits
              .map(
                ({ service, log }) =>
                  `read the last lines of ${service}:\n${log.trimEnd() || "(it wrote nothing)"}`,
              )
              .join("\n"),
    },
  );
}

/** How a container stands that is not as it should be; null when nothing is wrong with it. */
function wrong({ State, Config }: Docker.ContainerInspectInfo): string | null {
  if (State.Status === "exited" && State.ExitCode === 0) return null;
  if (State.Status === "created") return null; // It waits for another one; that one is to blame.
  if (State.Status !== "running") {
    return `is ${State.Status} with exit code ${State.ExitCode}${State.OOMKilled ? " for want of memory" : ""}`;
  }
  if (Config.Healthcheck === undefined || State.Health === undefined || State.Health.Status === "healthy")
    return null;
  const answer = State.Health.Log.at(-1)?.Output.trim().slice(0, 200);
  return `is ${State.Health.Status}${answer ? ` (its check says: ${answer})` : ""}`;
}

function lastLines(complaint: string): string {
  return complaint.trim().slice(-MAX_COMPLAINT);
}
