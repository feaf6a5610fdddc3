import neostandard, { resolveIgnoresFromGitignore } from 'neostandard'
import house from './eslint-rules/house.js'

export default [
  ...neostandard({ ts: true, ignores: resolveIgnoresFromGitignore() }),
  {
    files: ['{src,plugins,routes,client,sandbox,test,example}/**/*.ts'],
    rules: {
      '@stylistic/max-len': ['error', {
        code: 120,
        ignoreUrls: true,
        ignoreRegExpLiterals: true,
        // A line that is one template literal: breaking it would change the text, or hide it.
        ignorePattern: '^\\s*`[^`]*`[,;)\\]]*$'
      }]
    }
  },
  {
    files: ['{src,plugins,routes,example}/**/*.ts'],
    plugins: { house: { rules: { imports: house } } },
    rules: { 'house/imports': 'error' }
  },
  {
    // A promise that nobody awaits is an error that nobody sees.
    files: ['{src,plugins,routes,client,sandbox,example}/**/*.ts'],
    languageOptions: { parserOptions: { project: './test/tsconfig.json' } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }]
    }
  }
]
