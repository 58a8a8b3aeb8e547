import type Docker from "dockerode";
import { FiredrillError } from "../../../../error.ts";
import type { UndoAction } from "../../../../fault/undo.ts";
import type { Toolbox } from "../toolbox.ts";

export type UndoArgs = UndoAction["args"];
export type Finding = { readonly clean: boolean; readonly detail: string };

/**
 * One way of putting something back. Plain data in, so that another process can do it from disk; doing it twice does no
 * harm; a target that is gone needs nothing put back.
 */
export interface UndoOperation {
  undo(docker: Docker, args: UndoArgs): Promise<void>;
  /** Is anything of it left? Changes nothing. */
  audit(docker: Docker, args: UndoArgs): Promise<Finding>;
}

/** @throws RUN_FAULT when the action on disk lacks the argument */
export function textArg(args: UndoArgs, name: string): string {
  const value = args[name];
  if (typeof value === "string") return value;
  throw new FiredrillError("RUN_FAULT", `an undo action lacks "${name}"`, { received: JSON.stringify(args) });
}

/** What an action must carry for its helpers. */
export function toolboxArgs(toolbox: Toolbox): {
  readonly image: string;
  readonly labels: readonly string[];
} {
  return {
    image: toolbox.image,
    labels: Object.entries(toolbox.labels).map(([name, value]) => `${name}=${value}`),
  };
}

/** The toolbox as the action remembers it. */
export function toolboxFrom(docker: Docker, args: UndoArgs): Toolbox {
  const labels = Array.isArray(args["labels"]) ? (args["labels"] as readonly string[]) : [];
  return {
    docker,
    image: textArg(args, "image"),
    labels: Object.fromEntries(
      labels.map((it) => [it.slice(0, it.indexOf("=")), it.slice(it.indexOf("=") + 1)]),
    ),
  };
}

/** A container's short name in a finding. */
export function shortId(id: string): string {
  return id.slice(0, 12);
}
