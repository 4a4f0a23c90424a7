// Formatting is Biome's; eslint is here for what needs types: floating promises, Outputs in template literals.
import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: [
      "**/dist/**",
      "**/node_modules/**",
      "**/*.mjs",
      "**/*.js",
      "**/*.cjs",
      "**/fixtures/**",
      "sample/**",
      ".cache/**",
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A Pulumi resource is created for its effect; its constructor's value is often not needed.
      "no-new": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // Outputs and quantities are printed on purpose; numbers in templates are fine, Outputs are not.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
    },
  },
  {
    files: ["tests/**/*.ts", "bench/**/*.ts", "**/*.test.ts"],
    rules: {
      // mocha's describe and it return nothing that could be awaited.
      "@typescript-eslint/no-floating-promises": [
        "error",
        { allowForKnownSafeCalls: [{ from: "package", name: ["describe", "it"], package: "mocha" }] },
      ],
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
);
