import { createHash } from "node:crypto";
import type { Container } from "../services/container.ts";
import { containerName } from "./context.ts";
import type { Desk } from "./context.ts";

/** 64 hexadecimal digits, as Docker's. The same container has the same id in every execution of a trial. */
export function containerId(desk: Desk, container: Container): string {
  return createHash("sha256").update(containerName(desk, container)).digest("hex");
}

/** The container that a name, an id or the beginning of an id means to the Docker CLI. */
export function findContainer(desk: Desk, reference: string): Container | undefined {
  const isMeant = (container: Container) =>
    containerName(desk, container) === reference ||
    (/^[0-9a-f]{4,64}$/.test(reference) && containerId(desk, container).startsWith(reference));
  return [...desk.world.containers.values()].find(isMeant);
}
