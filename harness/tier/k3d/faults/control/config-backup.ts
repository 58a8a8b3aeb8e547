/** Where the originals of corrupted values wait. */
const NAMESPACE = "kube-system";
/** On a backup that is being put back: an undo that was interrupted goes on from there. */
export const RESTORING = "firedrill.dev/restoring";

/** A Secret of ours that holds one value as its object spelled it. */
export interface ConfigBackup {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly data?: { readonly value?: string };
}

/** Name and namespace for kubectl. */
export function backupArgs(token: string): string[] {
  return ["secret", backupName(token), `--namespace=${NAMESPACE}`];
}

/** Where the API has the backup; without a token all of them. */
export function backupPath(token?: string): string {
  const all = `/api/v1/namespaces/${NAMESPACE}/secrets`;
  return token === undefined ? all : `${all}/${backupName(token)}`;
}

export function newBackup(token: string, value: string): object {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: backupName(token), namespace: NAMESPACE },
    type: "firedrill.dev/undo",
    stringData: { value },
  };
}

/** The value as its object spelled it. */
export function backedUp({ data }: ConfigBackup): string {
  return Buffer.from(data?.value ?? "", "base64").toString("utf8");
}

const backupName = (token: string): string => `firedrill-undo-${token}`;
