import { expect, test } from "vitest";
import { VirtualClock } from "../../../probe/virtual-clock.testkit.ts";
import { KubeSilence, type WatchEvent } from "../api/kube-api.ts";
import type { KubeNode } from "../api/objects.ts";
import { followList, type Objects } from "./follow-list.ts";
import { kubeNode, stagedApi } from "./watch.testkit.ts";

/** A list of nodes on a server that the test plays. */
function followed() {
  const clock = new VirtualClock();
  const stop = new AbortController();
  const into: Objects<KubeNode> = new Map();
  const server = {
    items: [kubeNode("a")],
    away: false,
    lists: 0,
    watched: [] as string[],
    say: (_event: WatchEvent<KubeNode>) => {},
    breakOff: () => {},
  };
  const api = stagedApi({
    async get<T>() {
      if (server.away) throw new KubeSilence("refused");
      server.lists += 1;
      return { metadata: { resourceVersion: String(server.lists) }, items: server.items } as T;
    },
    watch: (path, onEvent, signal) =>
      new Promise((resolve, reject) => {
        server.watched.push(path);
        server.say = onEvent as typeof server.say;
        server.breakOff = () => reject(new KubeSilence("the stream ended"));
        signal.addEventListener("abort", () => resolve());
      }),
  });
  const following = followList({ api, path: "/nodes", into, onChange: () => {}, clock, signal: stop.signal });
  return { clock, stop, into, server, following, names: () => [...into.keys()] };
}

test("it lists, goes on from that version, and takes each change", async () => {
  const { clock, server, following, names } = followed();
  await following.read;
  await clock.advance(0);
  expect(server.watched).toEqual(["/nodes?resourceVersion=1"]);
  server.say({ type: "ADDED", object: kubeNode("b") });
  server.say({ type: "DELETED", object: kubeNode("a") });
  expect(names()).toEqual(["/b"]);
});

test("after a break it waits longer each time, keeps what it knew, and lists again", async () => {
  const { clock, server, following, names } = followed();
  await following.read;
  await clock.advance(0);
  server.away = true;
  server.breakOff();
  await clock.advance(20_000);
  expect(names()).toEqual(["/a"]);
  expect(server.lists).toBe(1);
  server.away = false;
  server.items = [kubeNode("c")];
  await clock.advance(4_000);
  expect(names()).toEqual(["/c"]);
  expect(server.watched).toHaveLength(2);
});

test("a watch that says nothing is begun anew after a while, at once when asked, and when its version is too old", async () => {
  const { clock, server, following } = followed();
  await following.read;
  await clock.advance(30_000);
  expect(server.lists).toBe(2);
  following.again();
  await clock.advance(0);
  expect(server.lists).toBe(3);
  server.say({ type: "ERROR", object: kubeNode("Status") });
  await clock.advance(0);
  expect(server.lists).toBe(3);
  await clock.advance(300);
  expect(server.lists).toBe(4);
});

test("it ends with its signal and leaves no timer", async () => {
  const { clock, following, stop } = followed();
  await following.read;
  stop.abort();
  await following.ended;
  expect(clock.pending).toBe(0);
});
