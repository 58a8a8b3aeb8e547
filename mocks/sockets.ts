/** `import { interceptSockets } from "firedrill/mocks/sockets"`: needs the package `@mswjs/interceptors`. */
import { withPeer } from "./core/mount/peer.ts";

export const { interceptSockets } = await withPeer(
  "@mswjs/interceptors",
  ">=0.45",
  () => import("./core/mount/socket.ts"),
);
