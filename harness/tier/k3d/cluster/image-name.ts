/**
 * An image's name as containerd and the kubelet know it: `node:24` → `docker.io/library/node:24` (distribution/reference,
 * normalize.go: the first part is a host when it has a dot or a colon or is `localhost`).
 */
export function inContainerd(image: string): string {
  const [first = "", ...rest] = image.split("/");
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const path = hasHost ? image : `docker.io/${rest.length > 0 ? image : `library/${image}`}`;
  const last = path.slice(path.lastIndexOf("/"));
  return /[:@]/.test(last) ? path : `${path}:latest`;
}
