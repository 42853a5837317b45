# connector-diff with the git that --base asks. The repository is mounted at /repo:
#
#     docker run --rm --volume "$PWD:/repo:ro" connector-diff check --base origin/master
FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --profile dist --locked --bin connector-diff

FROM debian:bookworm-slim
# Git refuses a repository that belongs to somebody else, as what is mounted does. Security updates come with the base image,
# so that no version is pinned.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* \
    && git config --system --add safe.directory /repo
COPY --from=build /src/target/dist/connector-diff /usr/local/bin/connector-diff
USER 65532:65532
WORKDIR /repo
ENTRYPOINT ["connector-diff"]
