import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { SecureContext } from "node:tls";
import type { RunningMock } from "../life.ts";
import type { Listener } from "../mock.ts";
import { createAuthority } from "./authority.ts";
import type { Authority } from "./authority.ts";
import { reset } from "./node-http.ts";

/** Puts TLS around an accepted socket, and opens it when the faults of the handshake let it through. */
export type Secure = (socket: Socket, open: (secure: Socket) => void) => void;

/** Nobody's name (RFC 2606). */
const ANOTHER_HOST = "elsewhere.invalid";

/**
 * TLS for this listener; undefined: it speaks in the clear. With an authority every listener speaks TLS; without one
 * only those that must (`listener.tls`), and their certificate is signed by itself.
 */
export async function securing(
  mock: RunningMock,
  listener: Listener,
  authority: Authority | null,
): Promise<Secure | undefined> {
  const own = listener.kind === "http" ? listener.tls : undefined;
  if (own === undefined && authority === null) return undefined;
  const signer = authority ?? (await createAuthority());
  const selfSigned = authority === null;
  const hosts = own === undefined ? hostsOf(listener) : ([own.commonName, ...HERE] as const);
  const contexts = {
    valid: await signer.issue({ hosts, selfSigned }),
    expired: await signer.issue({ hosts, selfSigned, expired: true }),
    wrongHost: await signer.issue({ hosts: [ANOTHER_HOST], selfSigned }),
    selfSigned: await signer.issue({ hosts, selfSigned: true }),
  };
  const subject = { labels: { listener: listener.name } };
  const shown = (): keyof typeof contexts => {
    for (const name of ["expired", "wrongHost", "selfSigned"] as const)
      if (mock.faults.take(`tls.${name}`, subject) !== null) return name;
    const present = mock.built.listeners.find((it) => it.name === listener.name);
    return present?.kind === "http" ? (present.tls?.certificate() ?? "valid") : "valid";
  };
  return (socket, open) => {
    const stall = mock.faults.take("tls.handshakeStall", subject);
    if (stall === null) return open(secured(socket, contexts[shown()]));
    const { ms } = stall.params;
    const gone = new AbortController();
    socket.on("error", () => {});
    socket.once("close", () => gone.abort());
    void mock.clock.sleep(typeof ms === "number" ? ms : Infinity, gone.signal).then(() => {
      if (!socket.destroyed) open(secured(socket, contexts[shown()]));
    });
  };
}

const HERE = ["localhost", "127.0.0.1", "::1"] as const;

/** Those that it stands in for, and this machine. */
function hostsOf({ hosts }: Listener): [string, ...string[]] {
  const names = hosts.map((host) => host.replace(/:\d+$/, ""));
  return ["localhost", ...new Set([...HERE, ...names].filter((name) => name !== "localhost"))];
}

function secured(socket: Socket, secureContext: SecureContext): Socket {
  const secure = new TLSSocket(socket, { isServer: true, secureContext });
  // A client that does not trust the certificate breaks the handshake off.
  secure.on("error", () => secure.destroy());
  socket.on("error", () => secure.destroy());
  // Its own has no TCP handle to reset.
  secure.resetAndDestroy = () => {
    reset(socket);
    return secure.destroy();
  };
  return secure;
}
