# A worker that computes with TensorFlow on an NVIDIA GPU. tfjs-node-gpu 4.22 is TensorFlow 2.9: CUDA 11, cuDNN 8.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc tsconfig.json tsconfig.base.json ./
COPY packages packages
COPY services services
RUN npm ci && npx tsc -b && npm run build -w @descent/optimizers
RUN mkdir /out && tar --exclude=node_modules --exclude='*.ts' --exclude='*.test.js' -cf - packages services | tar -xf - -C /out

# Its install step downloads TensorFlow's library, and may have to compile its binding.
FROM node:20-bookworm-slim AS dependencies
RUN apt-get update && apt-get install -y --no-install-recommends python3 make g++ ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY --from=build /out ./
RUN npm ci --omit=dev --workspace @descent/worker && npm install --no-save --omit=dev --workspace @descent/worker @tensorflow/tfjs-node-gpu@4.22.0

FROM nvidia/cuda:11.8.0-cudnn8-runtime-ubuntu22.04
COPY --from=build /usr/local/bin/node /usr/local/bin/node
WORKDIR /app
ENV NODE_ENV=production DO_NOT_TRACK=1
COPY infra/docker/healthy.mjs infra/docker/healthy.mjs
COPY --from=build /out ./
COPY --from=dependencies /app/node_modules node_modules
RUN useradd --uid 1000 --create-home node && install -d -o node -g node -m 0700 /cache
USER node
CMD ["node", "services/worker/dist/main.js"]
