import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { hotkey, listen, MINER, minerOf, REACH } from "./client.testkit.ts";
import type { Reached } from "./client.testkit.ts";

/** A raw client: what it hears, message by message, and its end. */
async function raw(origin: string, path = "/socket.io/?EIO=4&transport=websocket") {
  const socket = new WebSocket(origin.replace("http", "ws") + path);
  const heard: string[] = [];
  const waiting = new Set<() => void>();
  const note = (text: string) => {
    heard.push(text);
    for (const look of waiting) look();
  };
  socket.on("message", (data) => note(String(data)));
  socket.on("close", (code) => note(`closed ${code}`));
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  const next = () =>
    new Promise<string>((resolve) => {
      const look = () => {
        const text = heard.shift();
        if (text === undefined) return;
        waiting.delete(look);
        resolve(text);
      };
      waiting.add(look);
      look();
    });
  return { socket, next, say: (text: string) => socket.send(text) };
}

test("Engine.IO and Socket.IO, word by word", async () => {
  const reached = await REACH.standalone();
  const { next, say, socket } = await raw(reached.origins["api"] ?? "");
  const open = await next();
  expect(JSON.parse(open.slice(1))).toEqual({
    sid: expect.stringMatching(/^\w{20}$/),
    upgrades: [],
    pingTimeout: 20_000,
    pingInterval: 25_000,
    maxPayload: 1_000_000,
  });
  // Before it is connected nobody listens to its events.
  say('42["authenticate",{}]');
  say("40/admin,");
  expect(await next()).toBe('44/admin,"Unable to connect"');
  say("40");
  expect(await next()).toMatch(/^40\{"sid":"\w{20}"\}$/);
  say('427["something",1]');
  expect(await next()).toBe("437[null]");
  say('428["authenticate",{}]');
  expect(await next()).toMatch(/^42\["auth_failed",\{"error":"Authentication failed: Can't find a user/);
  expect(await next()).toBe("41");
  expect(await next()).toBe("438[false]");
  socket.close();
  await reached.close();
});

test("what is no Engine.IO ends the connection, and so does another path", async () => {
  const reached = await REACH.standalone();
  const origin = reached.origins["api"] ?? "";
  const one = await raw(origin);
  await one.next();
  one.say("hello");
  expect(await one.next()).toBe("closed 1000");
  const two = await raw(origin, "/ws");
  expect(await two.next()).toBe("closed 1008");
  const three = await raw(origin, "/socket.io/?EIO=3&transport=websocket");
  expect(await three.next()).toBe("closed 1008");
  expect(reached.mock.journal.unmodelled()).toBe(2);
  await reached.close();
});

test("a client that answers pings stays, and one that does not is put out", async () => {
  const reached = await REACH.standalone({ mode: { kind: "frozen" } });
  const { next, say } = await raw(reached.origins["api"] ?? "");
  await next();
  await reached.mock.clock.advance(25_000);
  expect(await next()).toBe("2");
  say("3");
  say("40");
  // The answer shows that the pong has been heard.
  expect(await next()).toMatch(/^40/);
  await reached.mock.clock.advance(25_000);
  expect(await next()).toBe("2");
  await reached.mock.clock.advance(20_000);
  expect(await next()).toBe("closed 1000");
  await reached.close();
});

test("a broadcast for one miner reaches only the last client that came with its hotkey", async () => {
  const reached = await REACH.standalone();
  const act = (input: object) => reached.mock.built.act?.(input);
  const other = hotkey(2);
  const [mine, others] = [listen(reached), listen(reached, other)];
  await Promise.all([mine.hear("auth_success"), others.hear("auth_success")]);
  act({ do: "broadcast", reason: "for-one", to: [other.address] });
  act({ do: "broadcast", reason: "for-all" });
  expect(await others.hear("miner_broadcast")).toMatchObject({ reason: "for-one" });
  expect(await mine.hear("miner_broadcast")).toMatchObject({ reason: "for-all" });
  const again = listen(reached);
  await again.hear("auth_success");
  act({ do: "broadcast", reason: "for-me", to: [MINER.address] });
  expect(await again.hear("miner_broadcast")).toMatchObject({ reason: "for-me" });
  // As in the real server, the end of the old connection takes the hotkey with it.
  mine.close();
  await gone(reached, 2);
  act({ do: "broadcast", reason: "lost", to: [MINER.address] });
  act({ do: "broadcast", reason: "for-all" });
  expect(await again.hear("miner_broadcast")).toMatchObject({ reason: "for-all" });
  again.close();
  others.close();
  await reached.close();
});

/** Resolves when so many clients are left. */
async function gone(reached: Reached, left: number): Promise<void> {
  const connected = () => (reached.mock.built.state() as { socket: { connected: number } }).socket.connected;
  while (connected() > left) await new Promise((resolve) => setImmediate(resolve));
}

test("a reset ends every connection, and the next life begins anew", async () => {
  const reached = await REACH.standalone();
  const listening = listen(reached);
  await listening.hear("auth_success");
  const before = reached.mock.built.state();
  reached.mock.reset();
  expect(await listening.hear("disconnect")).toMatchObject({ reason: expect.stringContaining("transport") });
  expect(reached.mock.built.state()).not.toBe(before);
  expect(await minerOf(reached).get("/miner/servers/")).toEqual({ status: 200, body: { servers: [] } });
  await reached.close();
});

test.each(["standalone", "socket interceptor"] as const)(
  "%s: the journal of a conversation",
  async (mount) => {
    const reached = await REACH[mount]({ mode: { kind: "frozen" } });
    const listening = listen(reached);
    await listening.hear("auth_success");
    reached.mock.built.act?.({ do: "broadcast", reason: "bounty_change" });
    await listening.hear("miner_broadcast");
    listening.close();
    await gone(reached, 0);
    const journal = reached.mock.journal.entries().map(({ kind, fields }) => ({ kind, ...fields }));
    expect(journal).toEqual([
      { kind: "websocket", n: 1, on: "api", path: "/socket.io/?EIO=4&transport=websocket" },
      { kind: "socket.authenticated", hotkey: MINER.address },
      { kind: "broadcast", reason: "bounty_change", to: 1 },
      { kind: "websocket.end", n: 1 },
    ]);
    await reached.close();
  },
);
