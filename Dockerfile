# The service, without the sandbox portal: docker build -t fastify-bitrix24 .
# It is the base of an application's own image, whose Dockerfile is these two lines; or its folder is mounted there.
#   FROM fastify-bitrix24
#   COPY application /app/application
# In full, so that a build tomorrow is the build of today; the same as among the development dependencies, which the
# tests run on.
ARG NODE_VERSION=24.21.0
FROM node:${NODE_VERSION}-trixie-slim AS base
WORKDIR /app

# What runs: production dependencies only, without the compiler, an optional peer of one of them. None of them needs
# anything optional. No package's install script runs, here or below.
FROM base AS dependencies
COPY package.json package-lock.json .npmrc ./
# OpenTelemetry, where it is wanted: docker build --build-arg TRACES=true -t fastify-bitrix24 .
ARG TRACES=false
COPY scripts/with-traces.ts scripts/
RUN if [ "$TRACES" = true ]; then node scripts/with-traces.ts; fi
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --omit=optional --ignore-scripts
COPY scripts/sbom.ts scripts/
RUN node scripts/sbom.ts node_modules/.package-lock.json
# An application with a package.json of its own finds the service, into which it is loaded, by this name.
RUN ln -s .. node_modules/fastify-bitrix24

# The compiler runs on the Node of the image, as the one among the development dependencies comes by an install script.
FROM base AS build
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
COPY tsconfig.json ./
COPY scripts/build-assets.ts scripts/sbom.ts scripts/
COPY src src
COPY plugins plugins
COPY routes routes
COPY client client
RUN npm run build

FROM base
# The one place that is written to; a new volume takes its owner from here.
RUN mkdir /data && chown node:node /data
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=dependencies /app/dist/sbom.json dist/
# Says that our files are ES modules.
COPY package.json ./
ENV NODE_ENV=production PORT=3000 DATABASE_URL=sqlite:/data/bitrix24.db
# One heap for all threads of the C library: nearly all work is done in one of them, and each of the others would keep
# memory of its own, 4 MB after the first call.
ENV MALLOC_ARENA_MAX=1
USER node
# What V8 has compiled: a tenth of a start. The service can read it where nothing can be written. A processor that knows
# other instructions than the one of the build does without.
ENV NODE_COMPILE_CACHE=/home/node/compile-cache
RUN --mount=type=bind,source=scripts/compile-cache.ts,target=/app/compile-cache.ts \
  node --max-semi-space-size=4 --max-old-space-size=256 compile-cache.ts
EXPOSE 3000
VOLUME /data
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health').then(answer => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Node itself, not npm, so that the signal to stop arrives. It collects garbage early, wherever it runs: what portals
# answer comes and goes.
CMD ["node", "--max-semi-space-size=4", "--max-old-space-size=256", "dist/src/server.js"]
