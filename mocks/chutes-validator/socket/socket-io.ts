/**
 * Socket.IO protocol 5 (socketio/socket.io-protocol): inside an Engine.IO message, one digit, the namespace unless it is
 * `/`, the number of an acknowledgement, JSON. Binary packets are not spoken on this channel.
 */
export const SOCKET = { connect: "0", disconnect: "1", event: "2", ack: "3", connectError: "4" } as const;

export interface SocketPacket {
  readonly type: string;
  readonly namespace: string;
  /** The sender wants an answer under this number. */
  readonly ackId: number | null;
  readonly data: unknown;
}

const FORM = /^([0-4])(?:(\/[^,]*),)?(\d{0,15})(.*)$/s;

/** Null: no Socket.IO, or binary. */
export function parseSocket(payload: string): SocketPacket | null {
  const [, type, namespace = "/", ackId = "", json = ""] = FORM.exec(payload) ?? [];
  if (type === undefined) return null;
  try {
    const data: unknown = json === "" ? null : JSON.parse(json);
    return { type, namespace, ackId: ackId === "" ? null : Number(ackId), data };
  } catch {
    return null;
  }
}

/** With Engine.IO's digit for a message before it. */
export function socketPacket(
  type: string,
  data?: unknown,
  { namespace = "/", ackId = null as number | null } = {},
): string {
  const where = namespace === "/" ? "" : `${namespace},`;
  return `4${type}${where}${ackId ?? ""}${data === undefined ? "" : JSON.stringify(data)}`;
}

/** Name and arguments of an event; null: none. */
export function eventOf({ type, data }: SocketPacket): { name: string; args: readonly unknown[] } | null {
  if (type !== SOCKET.event || !Array.isArray(data) || typeof data[0] !== "string") return null;
  return { name: data[0], args: data.slice(1) };
}
