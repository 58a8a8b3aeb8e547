import type { Container } from "../services/container.ts";

/** What an operator does to a container; null when it worked, else what the daemon says. */
export type Operation = (container: Container) => Promise<string | null>;

const isRunning = ({ process }: Container) => process !== null;

/** The verbs that `docker` and `docker compose` share. */
export const OPERATIONS: Readonly<Record<string, { readonly done: string; readonly run: Operation }>> = {
  start: {
    done: "Started",
    async run(container) {
      if (container.state.state === "paused") return "cannot start a paused container, try unpause instead";
      container.start("started by the operator");
      return null;
    },
  },
  stop: {
    done: "Stopped",
    async run(container) {
      await container.stop("stopped by the operator");
      return null;
    },
  },
  restart: {
    done: "Started",
    async run(container) {
      await container.stop("restarted by the operator");
      container.start("restarted by the operator");
      return null;
    },
  },
  kill: {
    done: "Killed",
    async run(container) {
      if (!isRunning(container)) return "container is not running";
      container.kill("killed by the operator");
      return null;
    },
  },
  pause: {
    done: "Paused",
    async run(container) {
      if (container.state.state === "paused") return "container is already paused";
      if (!isRunning(container)) return "container is not running";
      container.pause("paused by the operator");
      return null;
    },
  },
  unpause: {
    done: "Unpaused",
    async run(container) {
      if (container.state.state !== "paused") return "container is not paused";
      container.unpause("unpaused by the operator");
      return null;
    },
  },
};
