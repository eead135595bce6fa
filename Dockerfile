# leak-monitor in a container: no root, a read-only root file system, data on /data, configuration on /config.
FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 PYTHONPATH=/app PYTHONDONTWRITEBYTECODE=1 LEAK_MONITOR_CONFIG=/config/config.toml
WORKDIR /app
COPY requirements.lock .
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock \
    && groupadd --gid 10001 monitor \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin monitor \
    && install -d -o monitor -g monitor -m 0700 /data
COPY LICENSE NOTICE ./
COPY monitor monitor
RUN python -m compileall -q monitor
USER 10001:10001
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
# Asks what a supervisor asks: do the loops move? The port is that of [web]; inside the container it can stay 8080.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/livez', timeout=4)"]
ENTRYPOINT ["python", "-P", "-m", "monitor"]
CMD ["run"]
