# One target per image: controller, trainer, serving, cli. Nothing of the build stage but the program and the libraries it is
# linked to is in them; `make images` assembles the same root file systems without a container engine.
# SWIFT_IMAGE is any Debian 12 with a Swift 6.2 or later toolchain; releases give it by digest.
ARG SWIFT_IMAGE=swift:6.3.1-bookworm

FROM ${SWIFT_IMAGE} AS build
WORKDIR /aerie
ENV AERIE_CACHE=/cache
COPY scripts scripts
RUN scripts/setup-packages build
RUN scripts/setup-tensorflow
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
RUN scripts/swift build

FROM build AS controller-root
RUN scripts/image-root aerie-controller /image
FROM scratch AS controller
COPY --from=controller-root /image /
USER 65532:65532
ENTRYPOINT ["/usr/bin/aerie-controller"]

FROM build AS trainer-root
RUN scripts/image-root aerie-trainer /image
FROM scratch AS trainer
COPY --from=trainer-root /image /
USER 65532:65532
ENTRYPOINT ["/usr/bin/aerie-trainer"]

FROM build AS serving-root
RUN scripts/image-root aerie-serving /image
FROM scratch AS serving
COPY --from=serving-root /image /
USER 65532:65532
ENTRYPOINT ["/usr/bin/aerie-serving"]

FROM build AS cli-root
RUN scripts/image-root aerie /image
FROM scratch AS cli
COPY --from=cli-root /image /
USER 65532:65532
ENTRYPOINT ["/usr/bin/aerie"]
