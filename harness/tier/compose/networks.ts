import type Docker from "dockerode";
import { LABEL_COMPOSE_NETWORK, LABEL_COMPOSE_PROJECT } from "../../stack/labels.ts";
import type { ComposeProject } from "./project.ts";

/** A network of the stack: its key in the Compose file and the engine's name for it. */
export interface StackNetwork {
  readonly key: string;
  readonly name: string;
}

/**
 * Makes the project's networks before Compose runs, because the gateway's address in them must stand in the
 * services' DNS settings. With Compose's own labels on them Compose takes them for its own.
 */
export async function createNetworks(docker: Docker, project: ComposeProject): Promise<StackNetwork[]> {
  const made: StackNetwork[] = [];
  for (const [key, definition] of Object.entries(project.networks ?? {})) {
    const name = String(definition?.["name"]);
    const ipam = definition?.["ipam"] as { config?: { subnet?: string }[] } | undefined;
    const subnets = (ipam?.config ?? []).flatMap(({ subnet }) =>
      subnet === undefined ? [] : [{ Subnet: subnet }],
    );
    await docker.createNetwork({
      Name: name,
      CheckDuplicate: true,
      Internal: true,
      Driver: typeof definition?.["driver"] === "string" ? definition["driver"] : "bridge",
      ...(subnets.length === 0 ? {} : { IPAM: { Driver: "default", Config: subnets } }),
      Options: (definition?.["driver_opts"] as Record<string, string> | undefined) ?? {},
      Labels: {
        ...(definition?.["labels"] as Record<string, string> | undefined),
        [LABEL_COMPOSE_PROJECT]: String(project["name"]),
        [LABEL_COMPOSE_NETWORK]: key,
      },
    });
    made.push({ key, name });
  }
  return made;
}
