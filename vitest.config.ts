import { defineConfig } from "vitest/config";

const unit = ["{harness,mocks,scripts,scenarios}/**/*.test.ts"];
const compose = ["{harness,mocks,scripts,scenarios}/**/*.compose.test.ts"];

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: unit, exclude: compose, testTimeout: 30_000 } },
      {
        test: {
          name: "compose",
          include: compose,
          testTimeout: 180_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
