# FlowMarine's backend, worker, migrations and jobs: one image, told apart by command.
ARG BASE=docker.io/library/node:22-bookworm-slim@sha256:43ac6c60b8f89723f746e8a92ce91abd5017e627ce1ddfe4238355d3a30b772c

FROM ${BASE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM ${BASE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY src src
RUN npm run build

FROM ${BASE}
WORKDIR /app
ENV NODE_ENV=production
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
COPY migrations migrations
USER 10001:10001
# For Docker; Kubernetes asks by itself. The program gives up before Docker does.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["node", "dist/healthcheck.js"]
CMD ["node", "--enable-source-maps", "dist/server.js"]
