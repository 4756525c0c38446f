import hooks from "eslint-plugin-react-hooks"
import { defineConfig } from "eslint/config"
import ts from "typescript-eslint"

export default defineConfig([
  { ignores: ["dist", "src/**/*.gen.ts", "scripts", "eslint.config.mjs"] },
  {
    files: ["**/*.{ts,tsx}"],
    extends: [ts.configs.strictTypeChecked, ts.configs.stylisticTypeChecked, hooks.configs.flat["recommended-latest"]],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true, varsIgnorePattern: "^_" }],
      "no-console": "error",
      "no-restricted-syntax": [
        "error",
        {
          // The installation's clock may run ahead or faster: the browser's own is not the time.
          selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
          message: "Ask live/clock.ts for the time; durations are measured with performance.now().",
        },
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: "Ask live/clock.ts for the time." },
      ],
    },
  },
  { files: ["src/live/clock.ts"], rules: { "no-restricted-syntax": "off" } },
])
