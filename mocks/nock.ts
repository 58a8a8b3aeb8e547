/** `import { useNock } from "firedrill/mocks/nock"`: needs the package `nock`, whose import patches the process. */
import { withPeer } from "./core/mount/peer.ts";

export const { useNock } = await withPeer("nock", ">=15", () => import("./core/mount/nock.ts"));
