import { defineConfig } from "vitest/config";

/**
 * `NAME.clients.test.ts` needs clients that npm does not have (Python, promtool, s3cmd …), `NAME.compose.test.ts` an
 * engine, `NAME.k3d.test.ts` clusters; everything else needs only Node.
 */
const inAll = (ending: string) => [`{harness,mocks,scripts,scenarios}/**/*${ending}`];
/** What takes too long for every change: `npm run test:all` runs it, for the nightly job. */
const nightly = process.env["FIREDRILL_TESTS"] === "all" ? [] : inAll(".nightly.*.test.ts");

/** Files run one after the other: they share one engine and two cores. */
const realTier = (name: string, testTimeout: number) => ({
  test: {
    name,
    include: inAll(`.${name}.test.ts`),
    exclude: nightly,
    testTimeout,
    hookTimeout: 600_000,
    fileParallelism: false,
  },
});

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: inAll(".test.ts"),
          exclude: [".clients.test.ts", ".compose.test.ts", ".k3d.test.ts"].flatMap(inAll),
          testTimeout: 30_000,
        },
      },
      realTier("clients", 120_000),
      realTier("compose", 180_000),
      realTier("k3d", 600_000),
    ],
  },
});
