import { fileURLToPath } from "node:url";

/** A program that is built from its pinned and checksummed Go module. */
export interface PinnedTool {
  /** Name of the program. */
  readonly name: string;
  readonly version: string;
  /** Folder with the `go.mod` and `go.sum` that pin it. */
  readonly folder: string;
  /** Go package of its main function. */
  readonly main: string;
  /** Variables of the program that carry its version. */
  readonly versionVariables: Readonly<Record<string, string>>;
  /** Measured with empty Go caches on two cores. */
  readonly estimateSeconds: number;
  /** Go packages that a build with empty caches compiles; only for saying how far it is. */
  readonly packages: number;
}

/** Compose v2; `go.mod` holds the same version, and a test compares them. */
export const COMPOSE: PinnedTool = {
  name: "docker-compose",
  version: "v2.40.3",
  folder: fileURLToPath(new URL("./compose/", import.meta.url)),
  main: "github.com/docker/compose/v2/cmd",
  versionVariables: { "github.com/docker/compose/v2/internal.Version": "v2.40.3" },
  estimateSeconds: 105,
  packages: 1310,
};
