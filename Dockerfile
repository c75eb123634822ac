# syntax=docker/dockerfile:1
# Stage 1 installs the packages, stage 2 runs them as an ordinary user.
# A CPU-only image: build with --build-arg PIP_EXTRA_INDEX_URL=<an index with CPU builds of torch>.

FROM python:3.11-slim-bookworm AS packages
ARG PIP_EXTRA_INDEX_URL=""
ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
RUN python -m venv /opt/lookalike
COPY requirements.txt constraints.txt ./
RUN /opt/lookalike/bin/pip install -r requirements.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home lookalike \
    && install -d -o lookalike -g lookalike /data
COPY --from=packages /opt/lookalike /opt/lookalike
WORKDIR /app
COPY core core
COPY bot bot
COPY config.yaml ./
ENV PATH=/opt/lookalike/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    LOOKALIKE_DATA_DIR=/data \
    LOOKALIKE_WEB__HOST=0.0.0.0
USER 10001
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/livez', timeout=4)"]
CMD ["python", "-m", "bot"]
