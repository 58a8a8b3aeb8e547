/** What every object that k3d creates for us gets besides what k3d itself writes. */
export interface Amendments {
  readonly labels: Readonly<Record<string, string>>;
  /** The trial's network. */
  readonly network: string;
  /** Container name → its address in that network, for good. */
  readonly addresses: ReadonlyMap<string, string>;
}

type Plain = Readonly<Record<string, unknown>>;

/** The body of the engine's `POST /containers/create`, amended. */
export function amendContainer(name: string, container: Plain, amendments: Amendments): Plain {
  const address = amendments.addresses.get(name);
  const labelled = { ...container, Labels: { ...plain(container["Labels"]), ...amendments.labels } };
  // k3d gives its tools the engine's socket; nothing that we ask of them needs it.
  if (name.endsWith("-tools")) return withoutSocket(labelled);
  if (address === undefined) return labelled;
  const networking = plain(container["NetworkingConfig"]);
  const endpoints = plain(networking["EndpointsConfig"]);
  const endpoint = plain(endpoints[amendments.network]);
  return {
    ...labelled,
    NetworkingConfig: {
      ...networking,
      EndpointsConfig: {
        ...endpoints,
        [amendments.network]: {
          ...endpoint,
          IPAMConfig: { ...plain(endpoint["IPAMConfig"]), IPv4Address: address },
        },
      },
    },
  };
}

/** The body of the engine's `POST /volumes/create`, amended. */
export function amendVolume(volume: Plain, { labels }: Amendments): Plain {
  return { ...volume, Labels: { ...plain(volume["Labels"]), ...labels } };
}

function withoutSocket(container: Plain): Plain {
  const host = plain(container["HostConfig"]);
  const binds = Array.isArray(host["Binds"]) ? (host["Binds"] as string[]) : [];
  return { ...container, HostConfig: { ...host, Binds: binds.filter((bind) => !bind.includes(".sock")) } };
}

const plain = (value: unknown): Plain =>
  typeof value === "object" && value !== null ? (value as Plain) : {};
