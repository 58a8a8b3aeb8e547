import type { Host } from "../../../../harness/service/host.ts";
import { router } from "../../parts/router.ts";
import { startFollower } from "./follower.ts";
import { followerRoutes } from "./follower-routes.ts";
import { readFollowerSettings } from "./settings.ts";

const PORT = 8092;

/** Follows a Bittensor subnet and says who has a validator's permit there; says nothing that is older than it may be. */
export default async function chainFollower(host: Host): Promise<void> {
  const settings = readFollowerSettings(host.env);
  await host.serve(PORT, router(followerRoutes(host, startFollower(host, settings), settings)));
}
