import type { MockWorld } from "../../core/mock.ts";
import type { TcpConnection, TcpListener } from "../../core/tcp.ts";
import type { ZmqEndpoint, ZmqTopic } from "../settings.ts";
import { createSubscriberParser, greeting, message, ready } from "./zmtp.ts";

/** Subscriptions of one connection. */
const MAX_PREFIXES = 100;

interface Subscriber {
  readonly connection: TcpConnection;
  readonly prefixes: Buffer[];
}

/** A PUB socket on a TCP listener. */
export interface Publisher {
  readonly listener: TcpListener;
  readonly topics: readonly ZmqTopic[];
  readonly subscribers: number;
  /** Sends to everybody who subscribed to it, with the topic's next number. */
  publish(topic: ZmqTopic, body: Uint8Array): void;
}

/** `watch` is called for every subscriber and returns how to end it: blocks of others arrive by themselves meanwhile. */
export function createPublisher(
  world: MockWorld,
  { port, topics }: ZmqEndpoint,
  watch: () => () => void,
): Publisher {
  const name = `zmq-${port}`;
  const subscribers = new Set<Subscriber>();
  const numbers = new Map<ZmqTopic, number>();

  const accept = (connection: TcpConnection) => {
    const parse = createSubscriberParser();
    const subscriber: Subscriber = { connection, prefixes: [] };
    const leave = watch();
    connection.onClose(() => {
      subscribers.delete(subscriber);
      leave();
    });
    connection.send(greeting());
    connection.onData((bytes) => {
      for (const heard of parse(bytes)) {
        if (heard.kind === "greeting") connection.send(ready());
        else if (heard.kind === "ready") subscribers.add(subscriber);
        else if (heard.kind === "wrong") connection.end();
        else if (heard.kind === "cancel") {
          const at = subscriber.prefixes.findIndex((prefix) => prefix.equals(heard.prefix));
          if (at !== -1) subscriber.prefixes.splice(at, 1);
        } else if (subscriber.prefixes.length < MAX_PREFIXES) {
          subscriber.prefixes.push(heard.prefix);
          world.note("zmq.subscribed", { on: name, topic: heard.prefix.toString("latin1").slice(0, 32) });
        }
      }
    });
  };

  const send = (topic: ZmqTopic, bytes: Buffer) => {
    const head = Buffer.from(topic);
    for (const { connection, prefixes } of subscribers)
      if (prefixes.some((prefix) => head.subarray(0, prefix.length).equals(prefix))) connection.send(bytes);
  };

  return {
    listener: { kind: "tcp", name, port, hosts: [`localhost:${port}`], accept },
    topics,
    get subscribers() {
      return subscribers.size;
    },
    publish(topic, body) {
      const subject = { labels: { listener: name, topic } };
      const gap = world.faults.take("zmq.gap", subject);
      const number = ((numbers.get(topic) ?? 0) + Number(gap?.params["count"] ?? 0)) >>> 0;
      numbers.set(topic, number + 1);
      if (world.faults.take("zmq.drop", subject) !== null) return;
      const counter = Buffer.alloc(4);
      counter.writeUInt32LE(number);
      const bytes = message([Buffer.from(topic), body, counter]);
      const times = world.faults.take("zmq.dup", subject) === null ? 1 : 2;
      const late = world.faults.take("zmq.late", subject);
      const go = () => {
        for (let sent = 0; sent < times; sent++) send(topic, bytes);
      };
      if (late === null) return go();
      void world.clock.sleep(Number(late.params["sec"]) * 1_000).then(go);
    },
  };
}
