import { expect, it } from "vitest";
import { inContainerd } from "./image-name.ts";

it.each([
  ["node:24", "docker.io/library/node:24"],
  ["node", "docker.io/library/node:latest"],
  ["acme/web:1", "docker.io/acme/web:1"],
  ["firedrill.local/stand-ins", "firedrill.local/stand-ins:latest"],
  ["localhost/web:1", "localhost/web:1"],
  ["registry:5000/web", "registry:5000/web:latest"],
  ["web@sha256:ab", "docker.io/library/web@sha256:ab"],
])("knows %s as %s", (image, name) => expect(inContainerd(image)).toBe(name));
