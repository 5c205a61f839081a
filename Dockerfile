# SPDX-License-Identifier: GPL-3.0-or-later
# dyocensed in a container: docker build -t dyocensed . && docker run -p 127.0.0.1:8787:8787 -v dyocense:/data --read-only dyocensed
# The Debian package is built in the first stage and installed in the second.
FROM debian:12 AS build
COPY . /src
WORKDIR /src
RUN ./dev build && apt-get install -y --no-install-recommends dpkg-dev file && cpack --config build/release/CPackConfig.cmake -B /package

FROM debian:12-slim
COPY --from=build /package/*.deb /tmp/
RUN apt-get update && apt-get install -y --no-install-recommends /tmp/dyocensed_*.deb && rm -rf /tmp/*.deb /var/lib/apt/lists/* && \
    mkdir -m 700 /data && chown 65532:65532 /data
USER 65532:65532
VOLUME /data
EXPOSE 8787
ENV DYOCENSE_DB=/data/dyocense.db DYOCENSE_LISTEN=0.0.0.0 DYOCENSE_PAGES=/usr/share/dyocensed/page
HEALTHCHECK CMD ["bash", "-c", "exec 3<> /dev/tcp/127.0.0.1/8787 && printf 'GET /readyz HTTP/1.0\r\n\r\n' >&3 && grep -q '^HTTP/1.. 200' <&3"]
CMD ["dyocensed", "serve"]
