import { ALPHANUMERIC, randomText } from "../../core/random.ts";
import type { FaultSubject, MockWorld } from "../../core/mock.ts";
import type { WebSocketConnection, WebSocketListener } from "../../core/tcp.ts";
import { refusalOf } from "./engine-io.ts";
import { openSession } from "./session.ts";
import type { Session } from "./session.ts";

/** Clients at once; the next is sent away. */
const MAX_SESSIONS = 1_000;
/** Broadcasts that wait for their time. */
const MAX_PENDING = 10_000;

/** What the validator tells its miners. */
export interface Broadcast {
  readonly reason: string;
  readonly message?: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Hotkeys; absent: every connected client, authenticated or not. */
  readonly filter_recipients?: readonly string[];
}

export interface Channel {
  readonly webSocket: WebSocketListener;
  /** Sends it to who is connected now; nobody else will ever hear it. */
  broadcast(event: Broadcast): void;
  /** The same at a time of the mock's clock. */
  broadcastAt(atMs: number, event: Broadcast): void;
  state(): { readonly connected: number; readonly authenticated: readonly string[] };
}

/** @returns why it is refused, or null. */
export type Authenticate = (headers: unknown) => { readonly hotkey: string } | { readonly error: string };

export function createChannel(world: MockWorld, authenticate: Authenticate): Channel {
  const random = world.random("sid");
  const sessions = new Set<Session>();
  const hotkeys = new Map<Session, string>();
  /** As in the real server, one client per hotkey: the last that authenticated. */
  const byHotkey = new Map<string, Session>();
  let pending: { readonly atMs: number; readonly event: Broadcast }[] = [];
  let over: AbortController | null = null;

  const subjectOf = (session: Session): FaultSubject => ({
    labels: { listener: "api", route: "socket", key: hotkeys.get(session) ?? "" },
  });

  /** The faults of a standing connection; true: it is gone. */
  const harm = (session: Session): boolean => {
    const drop = world.faults.take("validator.socketDrop", subjectOf(session));
    if (drop === null) return false;
    session.drop(drop.params["mode"] as "rst" | "close");
    return true;
  };
  const confuse = (session: Session) => {
    const unknown = world.faults.take("validator.unknownBroadcast", subjectOf(session));
    if (unknown === null) return;
    session.emit("miner_broadcast", { reason: unknown.params["reason"], data: unknown.params["data"] });
  };

  const login = (session: Session, headers: unknown): boolean => {
    const outcome = authenticate(headers);
    if ("error" in outcome) {
      world.note("socket.refused", { error: outcome.error });
      session.emit("auth_failed", { error: outcome.error });
      session.disconnect();
      return false;
    }
    world.note("socket.authenticated", { hotkey: outcome.hotkey });
    hotkeys.set(session, outcome.hotkey);
    byHotkey.set(outcome.hotkey, session);
    session.emit("auth_success", { message: "Authenticated" });
    if (!harm(session)) confuse(session);
    return true;
  };

  const send = (session: Session, event: Broadcast) => {
    if (!harm(session)) session.emit("miner_broadcast", event);
  };

  const broadcast = (event: Broadcast) => {
    const connected = [...sessions].filter((session) => session.isConnected());
    const to =
      event.filter_recipients === undefined
        ? connected
        : event.filter_recipients.flatMap((hotkey) => byHotkey.get(hotkey) ?? []);
    world.note("broadcast", { reason: event.reason, to: to.length });
    for (const session of to) send(session, event);
  };

  /** Runs only while somebody listens: what came due before is lost, as on a Redis channel. */
  const announcer = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      const next = pending[0];
      await world.clock.sleepUntil(next?.atMs ?? Infinity, signal);
      if (signal.aborted) return;
      while (pending[0] !== undefined && pending[0].atMs <= world.clock.nowMs()) {
        const due = pending.shift();
        if (due !== undefined) broadcast(due.event);
      }
    }
  };
  const restartAnnouncer = () => {
    over?.abort();
    over = null;
    if (sessions.size === 0) return;
    over = new AbortController();
    void announcer(over.signal);
  };

  world.faults.onChange(() => {
    for (const session of sessions) if (hotkeys.has(session) && !harm(session)) confuse(session);
  });

  const open = (connection: WebSocketConnection) => {
    const [path = "", search = ""] = connection.path.split("?");
    if (path !== "/socket.io/" || refusalOf(`?${search}`) !== null) {
      world.unmodelled(`websocket ${path}`);
      return connection.close(1008, "no Socket.IO here");
    }
    if (sessions.size >= MAX_SESSIONS) return connection.close(1013, "too many clients");
    const ids = {
      engine: randomText(random, 20, ALPHANUMERIC),
      socket: randomText(random, 20, ALPHANUMERIC),
    };
    const session = openSession(world.clock, connection, ids, {
      onEvent(from, name, args) {
        if (name === "authenticate") return login(from, args[0]);
        world.note("socket.message", { event: name });
        // `miner_message` is a placeholder of the real server: it only sends strangers away.
        if (name === "miner_message" && !hotkeys.has(from)) from.disconnect();
        return null;
      },
      onEnd(from) {
        const hotkey = hotkeys.get(from);
        hotkeys.delete(from);
        // The real server forgets the hotkey here, even when it has come back on a newer connection.
        if (hotkey !== undefined) byHotkey.delete(hotkey);
      },
    });
    connection.onClose(() => {
      sessions.delete(session);
      if (sessions.size === 0) restartAnnouncer();
    });
    sessions.add(session);
    if (sessions.size === 1) {
      pending = pending.filter(({ atMs }) => atMs > world.clock.nowMs());
      restartAnnouncer();
    }
  };

  return {
    webSocket: { protocol: () => null, open },
    broadcast,
    broadcastAt(atMs, event) {
      if (pending.length >= MAX_PENDING) pending.shift();
      pending = [...pending, { atMs, event }].toSorted((a, b) => a.atMs - b.atMs);
      restartAnnouncer();
    },
    state: () => ({ connected: sessions.size, authenticated: [...byHotkey.keys()] }),
  };
}
