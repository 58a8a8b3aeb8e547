/** `import { mswHandlers } from "firedrill/mocks/msw"`: needs the package `msw`. */
import { withPeer } from "./core/mount/peer.ts";

export const { mswHandlers } = await withPeer("msw", ">=3", () => import("./core/mount/msw.ts"));
